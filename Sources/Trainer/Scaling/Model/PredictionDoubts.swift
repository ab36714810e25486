import Pages
import Parallel

/// What speaks against believing the cost model's predictions: disturbed measurements, probes that
/// contradict each other, and measured points that the model misses.
struct PredictionDoubts: Sendable {
  private let machine: MachineConstants
  /// Of one process, by its threads.
  private let measurements: [Int: [TrainingMeasurement]]

  /// A smaller team whose barriers take longer than a larger one's by more than this was disturbed.
  private static let barrierTolerance = 1.5
  /// Errors at measured points beyond this are no noise.
  private static let errorTolerance = 0.25

  /// Looks at what a model starts from.
  ///
  /// - Parameters:
  ///   - series: The experiment.
  ///   - machine: Its probes.
  init(series: [ScalingSeries], machine: MachineConstants) {
    self.machine = machine
    let measurements = series.flatMap(\.points).flatMap(\.measurements)
      .filter { $0.configuration.ranks == 1 }
    self.measurements = Dictionary(grouping: measurements) { $0.configuration.threads }
  }

  /// What speaks against a prediction.
  ///
  /// - Parameters:
  ///   - workers: The workers of a machine.
  ///   - missed: What the errors at the measured points say.
  /// - Returns: Reasons; nil if there are none.
  func reasons(workers: Int, missed: [String] = []) -> [String]? {
    // One worker is predicted from one worker, all others from every team with a core for each worker.
    let probed = machine.probes[workers] == nil ? [] : [workers]
    let counts = workers == 1 ? [1] : Set(machine.ownCoreCounts + probed + [1]).sorted()
    let reasons =
      [taken(counts), throttled(counts), contradiction(counts)].compactMap(\.self) + missed
    return reasons.isEmpty ? nil : reasons
  }

  /// What the errors at the measured points say.
  ///
  /// - Parameter validations: Of the series that a prediction starts from.
  /// - Returns: Reasons; empty if the model is near.
  func reasons(_ validations: [ScalingSimulation.Validation]) -> [String] {
    // With more workers than CPUs the scheduler is measured, which the model does not know.
    let fair = validations.filter { $0.configuration.workers <= machine.cores }
    guard let worst = fair.max(by: { abs($0.error) < abs($1.error) }),
      abs(worst.error) > Self.errorTolerance
    else { return [] }
    return [
      "the model is off by \(FigureText.signedPercentage(worst.error)) at "
        + worst.configuration.label
    ]
  }

  /// Medians and least values stand as long as most measurements were left alone.
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
      let larger = probes.filter { $0.key > fewer }.min { $0.value < $1.value }
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
  /// Every reason not to believe a prediction, once.
  var doubts: [String] {
    var known: Set<String> = []
    return (validations.compactMap(\.doubts) + predictions.compactMap(\.doubts)).flatMap(\.self)
      .filter { known.insert($0).inserted }
  }

  /// All reasons in a sentence; nil if there are none.
  var doubtSentence: String? {
    doubts.isEmpty ? nil : "not to be believed: " + doubts.joined(separator: "; ") + "."
  }
}
