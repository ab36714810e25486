import Pages
import Parallel

/// Reasons to doubt the predictions of the cost model: disturbed measurements, probes that
/// contradict each other, and large errors at measured points.
struct PredictionDoubts: Sendable {
  private let machine: MachineConstants
  /// The measurements of one process, by number of threads.
  private let measurements: [Int: [TrainingMeasurement]]
  /// Whether the number of threads alone does not tell points apart.
  private let hasSeveralSeries: Bool

  /// If a smaller team's barriers take longer than a larger team's by more than this factor, the
  /// smaller was disturbed.
  private static let barrierTolerance = 1.5
  /// Larger errors at measured points are not noise.
  private static let errorTolerance = 0.25

  /// Examines the inputs of a model.
  ///
  /// - Parameters:
  ///   - series: The series of the experiment.
  ///   - machine: The constants from its probes.
  init(series: [ScalingSeries], machine: MachineConstants) {
    self.machine = machine
    hasSeveralSeries = series.count > 1
    let measurements = series.flatMap(\.points).flatMap(\.measurements)
      .filter { $0.configuration.ranks == 1 }
    self.measurements = Dictionary(grouping: measurements) { $0.configuration.threads }
  }

  /// The reasons to doubt a prediction.
  ///
  /// - Parameters:
  ///   - workers: The number of workers per machine.
  ///   - missed: The reasons from errors at the measured points.
  /// - Returns: The reasons; nil if there are none.
  func reasons(workers: Int, missed: [String] = []) -> [String]? {
    // One worker is predicted from one worker, every other count from all teams with a core per
    // worker.
    let probed = machine.probes[workers] == nil ? [] : [workers]
    let counts = workers == 1 ? [1] : Set(machine.ownCoreCounts + probed + [1]).sorted()
    let reasons =
      [taken(counts), throttled(counts), contradiction(counts)].compactMap(\.self) + missed
    return reasons.isEmpty ? nil : reasons
  }

  /// The reasons from errors at the measured points.
  ///
  /// - Parameter validations: The validations of the series that a prediction starts from.
  /// - Returns: The reasons; empty if the errors are small.
  func reasons(_ validations: [ScalingSimulation.Validation]) -> [String] {
    // With more workers than CPUs the scheduler is measured too, which the model does not include.
    let fair = validations.filter { $0.configuration.workers <= machine.cores }
    guard let worst = fair.max(by: { abs($0.error) < abs($1.error) }),
      abs(worst.error) > Self.errorTolerance
    else { return [] }
    let point = hasSeveralSeries ? worst.configuration.words : worst.configuration.label
    return ["the model is off by \(FigureText.signedPercentage(worst.error)) at \(point)"]
  }

  /// Medians and minimums are reliable as long as most measurements are undisturbed.
  private func mostly(
    _ counts: [Int], _ isDisturbed: (Interference) -> Bool
  ) -> (words: String, measurements: [TrainingMeasurement])? {
    func disturbed(_ count: Int) -> [TrainingMeasurement] {
      measurements[count, default: []].filter { $0.interferences.contains(where: isDisturbed) }
    }
    let concerned = counts.filter {
      let found = disturbed($0)
      return !found.isEmpty && 2 * found.count >= measurements[$0, default: []].count
    }
    guard let last = concerned.last else { return nil }
    let found = concerned.flatMap(disturbed)
    let all = concerned.reduce(0) { $0 + measurements[$1, default: []].count }
    let list = concerned.dropLast().map(String.init).joined(separator: ", ")
    return (
      "\(found.count) of \(counted(all, "measurement")) with "
        + (list.isEmpty ? "" : "\(list) and ") + counted(last, "thread"), found
    )
  }

  private func taken(_ counts: [Int]) -> String? {
    mostly(counts) { $0.takenCPUs > Interference.tolerated }.map { words, found in
      let most = found.flatMap(\.interferences).map(\.takenCPUs).reduce(0, max)
      return "others used up to \(FigureText.fixed(most, 2)) CPUs during \(words)"
    }
  }

  private func throttled(_ counts: [Int]) -> String? {
    mostly(counts) { ($0.throttledSeconds ?? 0) > 0 }.map { words, _ in
      "the CPU quota stopped the workers during \(words)"
    }
  }

  private func contradiction(_ counts: [Int]) -> String? {
    let probes = machine.probes.mapValues(\.barrierSeconds)
    for (fewer, seconds) in probes.sorted(by: { $0.key < $1.key }) where counts.contains(fewer) {
      let larger = probes.filter { $0.key > fewer }
        .min { ($0.value, $0.key) < ($1.value, $1.key) }
      if let (more, least) = larger, seconds > Self.barrierTolerance * least {
        func words(_ count: Int, _ seconds: Double) -> String {
          "\(FigureText.fixed(seconds * 1e6, 1)) us with \(counted(count, "thread"))"
        }
        return "a barrier took \(words(fewer, seconds)), but \(words(more, least))"
      }
    }
    return nil
  }
}

extension ScalingSimulation {
  /// All reasons, without repetition.
  var doubts: [String] {
    var known: Set<String> = []
    return (validations.compactMap(\.doubts) + predictions.compactMap(\.doubts)).flatMap(\.self)
      .filter { known.insert($0).inserted }
  }

  /// All reasons in a sentence; nil if there are none.
  var doubtSentence: String? {
    doubts.isEmpty ? nil : "unreliable: " + doubts.joined(separator: "; ") + "."
  }
}
