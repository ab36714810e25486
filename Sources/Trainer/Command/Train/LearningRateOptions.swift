import ArgumentParser
import Training

/// How the learning rate changes over the run.
struct LearningRateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How the learning rate changes during the run.", valueName: "name"))
  var lrSchedule = LearningRateSchedule.Kind.constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps over which the rate rises linearly to the schedule's.", valueName: "n"))
  var warmupSteps = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("For step: epochs between reductions (default: 3).", valueName: "n"))
  var lrStepEpochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For step and plateau: the factor of a reduction (default: 0.1).", valueName: "x"))
  var lrGamma: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For plateau: epochs without a smaller loss that are tolerated (default: 2).",
      valueName: "n"))
  var lrPatience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For cosine and plateau: the smallest factor of the learning rate (default: 0).",
      valueName: "x"))
  var lrMinimum: Double?

  /// Puts the settings into a configuration.
  ///
  /// - Parameter configuration: Is changed.
  /// - Throws: `TrainerError` for a setting that the schedule has not.
  func apply(to configuration: inout TrainingConfiguration) throws {
    var schedule = LearningRateSchedule()
    schedule.kind = lrSchedule
    schedule.warmupSteps = warmupSteps
    let used = Set(schedule.usedSettings.map(\.name))
    func set<Value>(
      _ value: Value?, _ name: String, _ path: WritableKeyPath<LearningRateSchedule, Value>
    ) throws {
      guard let value else { return }
      guard used.contains(name) else {
        throw TrainerError(
          .usage, "--\(name) has no meaning for --lr-schedule \(lrSchedule.rawValue)")
      }
      schedule[keyPath: path] = value
    }
    try set(lrStepEpochs, "lr-step-epochs", \.stepEpochs)
    try set(lrGamma, "lr-gamma", \.gamma)
    try set(lrPatience, "lr-patience", \.patience)
    try set(lrMinimum, "lr-minimum", \.minimum)
    configuration.schedule = schedule
  }
}

extension LearningRateSchedule.Kind: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
