import Model

/// How far a run is, between two steps: with the model's and the optimizer's values, all that a run
/// needs to go on as if it had never stopped.
public struct RunPosition: Sendable, Equatable, Codable {
  /// Steps done.
  public var step = 0
  /// The epoch under way, from 1.
  public var epoch = 1
  /// Steps of that epoch done.
  public var stepInEpoch = 0
  /// Loss and correct predictions of that epoch so far.
  public var total = LossSum()
  /// Samples of that epoch so far.
  public var sampleCount = 0
  /// Seconds of training that the epoch has taken.
  public var trainingSeconds = 0.0
  /// Seconds of the whole run, of all its parts.
  public var seconds = 0.0
  /// The epochs that are behind.
  public var history: [EpochRecord] = []

  /// The start.
  public init() {}

  /// The epoch judged best: the smallest validation loss, or without validation the highest test
  /// accuracy; the earliest of equals.
  public var best: EpochRecord? {
    history.reduce(nil) { best, record in
      guard let best else { return record }
      if let loss = record.validation?.loss, let least = best.validation?.loss {
        return loss < least ? record : best
      }
      return record.test.accuracy > best.test.accuracy ? record : best
    }
  }

  /// Epochs since the one judged best.
  public var epochsWithoutImprovement: Int {
    guard let best, let last = history.last else { return 0 }
    return last.epoch - best.epoch
  }

  /// The first epoch that reached an accuracy.
  ///
  /// - Parameter accuracy: From 0 to 1.
  /// - Returns: Its figures, or nil where none has.
  public func epoch(reaching accuracy: Double) -> EpochRecord? {
    history.first { $0.judged.accuracy >= accuracy }
  }
}
