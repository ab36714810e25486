import Foundation
import Training

/// A line about an objective, as JSON.
package struct ObjectiveLine: Encodable, Sendable {
  /// The state of a run.
  package enum State: String, Encodable, Sendable {
    /// The run has not ended.
    case running
    /// A signal stopped it; it can be resumed.
    case stopped
    /// It has ended.
    case complete
  }

  let objective: String
  /// The value after the epoch; nil without the samples that it needs.
  let value: Double?
  let epoch: Int
  let step: Int
  /// The duration of the run so far, in seconds.
  let seconds: Double
  let state: State
  let weightsDigest: String?

  /// Creates a line.
  ///
  /// - Parameters:
  ///   - objective: The objective.
  ///   - epoch: The last epoch.
  ///   - state: The state of the run after it.
  ///   - digest: The weights digest; nil if it is not known.
  package init(
    _ objective: Objective, after epoch: EpochRecord, state: State, digest: String? = nil
  ) {
    self.objective = objective.rawValue
    value = objective.value(of: epoch)
    self.epoch = epoch.epoch
    step = epoch.step
    seconds = epoch.seconds
    self.state = state
    weightsDigest = digest
  }

  private enum CodingKeys: String, CodingKey {
    case objective, value, epoch, step, seconds, state
    case weightsDigest = "weights_digest"
  }

  /// The line as JSON, without a line break; names are sorted.
  ///
  /// - Throws: The encoder's error.
  package var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      return try encoder.encode(self)
    }
  }
}
