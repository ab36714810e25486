/// The state of a learning rate that follows the loss: PyTorch's ReduceLROnPlateau, with a
/// relative threshold of 1e-4 and no cooldown.
package struct PlateauState: Sendable, Equatable {
  /// The smallest loss so far; nil before the first.
  package var best: Double?
  /// Epochs since then without a smaller one.
  package var badEpochs = 0
  /// The factor of the learning rate.
  package var factor = 1.0

  /// The relative decrease from which a loss counts as smaller.
  private static let threshold = 1e-4

  /// Before the first epoch.
  package init() {}

  /// Updates the state with an epoch's loss; does nothing if the schedule is not `plateau`.
  ///
  /// - Parameters:
  ///   - loss: The epoch's loss.
  ///   - schedule: The schedule.
  package mutating func observe(_ loss: Double, schedule: LearningRateSchedule) {
    guard case .plateau(let rule) = schedule else { return }
    if loss < (best ?? .infinity) * (1 - Self.threshold) {
      best = loss
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if badEpochs > rule.patience {
      factor = max(factor * rule.gamma, rule.minimum)
      badEpochs = 0
    }
  }
}
