import Model

/// The learning rates of the steps of the current epoch.
struct LearningRates: Sendable {
  private let base: Double
  private let schedule: LearningRateSchedule
  private let warmupSteps: Int
  private let totalSteps: Int
  private let stepsPerEpoch: Int
  private let plateauFactor: Double
  private let sweep: LearningRateSweep?

  /// Computes the plateau's factor from the losses of the epochs so far.
  ///
  /// - Parameter run: The run.
  init(_ run: TrainingRun) {
    base = run.configuration.optimizer.learningRate
    schedule = run.configuration.schedule
    warmupSteps = run.configuration.warmupSteps
    totalSteps = run.stepLimit
    stepsPerEpoch = run.stepsPerEpoch
    var plateau = PlateauState()
    for record in run.position.history {
      plateau.observe(record.validation?.loss ?? record.training.loss, schedule: schedule)
    }
    plateauFactor = plateau.factor
    sweep = run.learningRateSweep
  }

  /// The learning rate of a step.
  ///
  /// - Parameter step: The step's number in the run, from 1.
  /// - Returns: The learning rate.
  func rate(step: Int) -> Double {
    if let sweep { return sweep.rate(step: step) }
    return base
      * schedule.factor(
        at: CurvePoint(
          step: step, totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch,
          warmupSteps: warmupSteps, plateauFactor: plateauFactor))
  }
}
