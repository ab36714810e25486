/// A step's place in its run, for the learning rate.
package struct CurvePoint: Sendable {
  /// The optimizer step, from 1.
  package var step: Int
  /// Steps of the whole run.
  package var totalSteps: Int
  /// Steps of a whole epoch.
  package var stepsPerEpoch: Int
  /// Steps over which the rate rises; 0 for none.
  package var warmupSteps: Int
  /// ``PlateauState/factor`` at the time.
  package var plateauFactor: Double

  /// Describes a step.
  ///
  /// - Parameters:
  ///   - step: The optimizer step, from 1.
  ///   - totalSteps: Steps of the whole run, at least 1.
  ///   - stepsPerEpoch: Steps of a whole epoch, at least 1.
  ///   - warmupSteps: Steps over which the rate rises; 0 for none.
  ///   - plateauFactor: ``PlateauState/factor`` at the time.
  package init(
    step: Int, totalSteps: Int, stepsPerEpoch: Int, warmupSteps: Int = 0,
    plateauFactor: Double = 1
  ) {
    precondition(
      step >= 1 && totalSteps >= 1 && stepsPerEpoch >= 1, "steps are counted from 1")
    self.step = step
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
    self.warmupSteps = warmupSteps
    self.plateauFactor = plateauFactor
  }
}
