import Model

/// The progress of a run between two steps.
///
/// Together with the model's and the optimizer's values, it is the complete state of a run: a run
/// that restores it gives the same results as a run that was never stopped.
package struct RunPosition: Sendable, Equatable, Codable {
  /// The number of steps done.
  package var step = 0
  /// The number of the current epoch, from 1.
  package var epoch = 1
  /// The number of steps of the current epoch that are done.
  package var stepInEpoch = 0
  /// The summed loss and the correct predictions of the current epoch so far.
  package var total = LossSum()
  /// The number of samples of the current epoch so far.
  package var sampleCount = 0
  /// The duration of the current epoch's training so far, in seconds.
  package var trainingSeconds = 0.0
  /// The duration of the run so far in seconds, over all its parts.
  package var seconds = 0.0
  /// The metrics of the completed epochs.
  package var history: [EpochRecord] = []

  /// Creates the position at the start of a run.
  package init() {}

  /// Updates the position with the progress of the current epoch.
  ///
  /// - Parameter progress: The progress.
  mutating func update(with progress: EpochProgress) {
    step = progress.step
    stepInEpoch = progress.stepInEpoch
    total = progress.total
    sampleCount = progress.sampleCount
    trainingSeconds = progress.seconds
  }

  /// Completes the current epoch and begins the next.
  ///
  /// - Parameter record: The metrics of the completed epoch.
  mutating func endEpoch(_ record: EpochRecord) {
    history.append(record)
    beginNextEpoch()
  }

  /// Begins the next epoch, without metrics of the current one.
  mutating func beginNextEpoch() {
    epoch += 1
    stepInEpoch = 0
    total = LossSum()
    sampleCount = 0
    trainingSeconds = 0
  }

  /// The best epoch so far: the one with the smallest validation loss, or without validation
  /// samples the one with the highest test accuracy; nil if no epoch is complete.
  ///
  /// Of equal epochs, the earliest is the best.
  package var best: EpochRecord? {
    history.reduce(nil) { best, record in
      guard let best else { return record }
      if let loss = record.validation?.loss, let least = best.validation?.loss {
        return loss < least ? record : best
      }
      return record.test.accuracy > best.test.accuracy ? record : best
    }
  }

  /// The number of epochs since the best one.
  package var epochsWithoutImprovement: Int {
    guard let best, let last = history.last else { return 0 }
    return last.epoch - best.epoch
  }

  /// The first epoch that reached an accuracy.
  ///
  /// - Parameter accuracy: The accuracy, from 0 to 1, on the validation samples; on the test set if
  ///   there are none.
  /// - Returns: The metrics of the epoch; nil if none reached it.
  package func epoch(reaching accuracy: Double) -> EpochRecord? {
    history.first { $0.targetMetrics.accuracy >= accuracy }
  }
}
