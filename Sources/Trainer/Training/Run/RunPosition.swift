import Model

/// How far a run is, between two steps: with the model's and the optimizer's values, all that a run
/// needs to go on as if it had never stopped.
package struct RunPosition: Sendable, Equatable, Codable {
  /// Steps done.
  package var step = 0
  /// The epoch under way, from 1.
  package var epoch = 1
  /// Steps of that epoch done.
  package var stepInEpoch = 0
  /// Loss and correct predictions of that epoch so far.
  package var total = LossSum()
  /// Samples of that epoch so far.
  package var sampleCount = 0
  /// Seconds of training that the epoch has taken.
  package var trainingSeconds = 0.0
  /// Seconds of the whole run, of all its parts.
  package var seconds = 0.0
  /// The epochs that are behind.
  package var history: [EpochRecord] = []

  /// The start.
  package init() {}

  /// Takes over how far the epoch under way has come.
  ///
  /// - Parameter progress: How far it is.
  mutating func take(_ progress: EpochProgress) {
    step = progress.step
    stepInEpoch = progress.stepInEpoch
    total = progress.total
    sampleCount = progress.sampleCount
    trainingSeconds = progress.seconds
  }

  /// Puts the epoch under way behind and begins the next.
  ///
  /// - Parameter record: The figures of the epoch.
  mutating func endEpoch(_ record: EpochRecord) {
    history.append(record)
    epoch += 1
    stepInEpoch = 0
    total = LossSum()
    sampleCount = 0
    trainingSeconds = 0
  }

  /// The epoch judged best: the smallest validation loss, or without validation the highest test
  /// accuracy; the earliest of equals.
  package var best: EpochRecord? {
    history.reduce(nil) { best, record in
      guard let best else { return record }
      if let loss = record.validation?.loss, let least = best.validation?.loss {
        return loss < least ? record : best
      }
      return record.test.accuracy > best.test.accuracy ? record : best
    }
  }

  /// Epochs since the one judged best.
  package var epochsWithoutImprovement: Int {
    guard let best, let last = history.last else { return 0 }
    return last.epoch - best.epoch
  }

  /// The first epoch that reached an accuracy.
  ///
  /// - Parameter accuracy: From 0 to 1.
  /// - Returns: Its figures, or nil where none has.
  package func epoch(reaching accuracy: Double) -> EpochRecord? {
    history.first { $0.judged.accuracy >= accuracy }
  }
}
