import Foundation
import ImageData
import Synchronization
import Training

/// Warns once of a training loss that is far above that of guessing.
///
/// Such a run may still have finite numbers, and so would end as if all were well.
final class DivergenceWarning: TrainingObserver {
  /// The ratio to the loss of guessing above which training is implausible.
  private static let factor = 10.0

  private let hasWarned = Mutex(false)
  private let warn: @Sendable (String) -> Void

  /// Creates an observer.
  ///
  /// - Parameter warn: Receives the warning.
  init(warn: @escaping @Sendable (String) -> Void) {
    self.warn = warn
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    guard let text = Self.text(epoch, classCount: run.dataset.classCount) else { return .proceed }
    let isFirst = hasWarned.withLock { hadWarned in
      defer { hadWarned = true }
      return !hadWarned
    }
    if isFirst { warn(text) }
    return .proceed
  }

  /// The warning about an epoch.
  ///
  /// - Parameters:
  ///   - epoch: The epoch's figures.
  ///   - classCount: The data's classes.
  /// - Returns: The warning, or nil if the loss is plausible.
  static func text(_ epoch: EpochRecord, classCount: Int) -> String? {
    // With one class, guessing has no loss.
    let guessing = log(Double(max(2, classCount)))
    guard epoch.training.loss > factor * guessing else { return nil }
    return "the training loss of epoch \(epoch.epoch) is \(scientific(epoch.training.loss)), that "
      + "of guessing is \(fixed(guessing, 2)): training has probably diverged; a smaller "
      + "--learning-rate may help"
  }
}
