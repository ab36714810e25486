import Scaling

/// Shows the progress of an experiment: a line that is redrawn on a terminal, otherwise one line
/// per round.
struct ExperimentProgress {
  private let experiment: ScalingExperiment
  private let isQuiet: Bool
  private let started = ContinuousClock.now

  init(_ experiment: ScalingExperiment, isQuiet: Bool) {
    self.experiment = experiment
    self.isQuiet = isQuiet
  }

  /// Reports that a measurement starts.
  func starts(_ configuration: MeasuredConfiguration, number: Int) {
    guard !isQuiet, Console.canRedraw else { return }
    Console.drawProgress { columns in
      String(
        "\(number) of \(experiment.count): \(configuration.words)\(left(number - 1))"
          .prefix(columns))
    }
  }

  /// Reports that a measurement has ended.
  func ended(number: Int) {
    let round = experiment.configurations.count
    guard !isQuiet, !Console.canRedraw, number.isMultiple(of: round) else { return }
    Console.note("round \(number / round) of \(experiment.repeats)\(left(number))")
  }

  private func left(_ done: Int) -> String {
    guard done > 0, done < experiment.count else { return "" }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let rest = seconds / Double(done) * Double(experiment.count - done)
    return ", about \(fixed(rest, 0)) s left"
  }
}
