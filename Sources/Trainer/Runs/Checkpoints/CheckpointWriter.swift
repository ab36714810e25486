import Files
import Parallel
import Synchronization
import Training

/// Writes checkpoints on a thread of its own while training continues, one at a time and in order.
package final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let warn: @Sendable (String) -> Void
  /// The thread that writes the current checkpoint.
  private let thread = Mutex<OwnThread?>(nil)
  private let failure = Mutex<(any Error)?>(nil)
  private let told = WarningPause()

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - folder: The folder for checkpoints.
  ///   - warn: Called on another thread with a message if a checkpoint could not be written; once a
  ///     minute if each fails in the same way.
  package init(folder: CheckpointFolder, warn: @escaping @Sendable (String) -> Void) {
    self.folder = folder
    self.warn = warn
  }

  /// Waits for the previous checkpoint, then starts to write a checkpoint.
  ///
  /// If the system refuses a thread, the checkpoint is written before this returns.
  ///
  /// - Parameter checkpoint: The checkpoint.
  package func write(_ checkpoint: Checkpoint) {
    wait()
    if let started = OwnThread({ [self] in writeNow(checkpoint) }) {
      thread.withLock { $0 = started }
    } else {
      writeNow(checkpoint)
    }
  }

  /// Removes the oldest checkpoints beyond the number to keep; a failure is a warning.
  package func removeOld() {
    do {
      try folder.removeOld()
    } catch {
      warn("\(error); training continues")
    }
  }

  private func writeNow(_ checkpoint: Checkpoint) {
    do {
      try StopSignals.whileWaiting { try folder.write(checkpoint) }
      failure.withLock { $0 = nil }
    } catch {
      failure.withLock { $0 = error }
      let step = checkpoint.position.step
      // The name of each checkpoint is another one.
      let reason = "\(error)".replacing(folder.file(step: step).printable, with: "")
      guard told.recordIfNew(reason) else { return }
      warn(
        (Self.leavesCheckpoint(error)
          ? "the checkpoint of step \(step) is written, but " : "no checkpoint of step \(step): ")
          + "\(error); training continues")
    }
  }

  /// Whether the error occurred after the checkpoint was in place.
  private static func leavesCheckpoint(_ error: any Error) -> Bool {
    // `remove`: an old checkpoint could not be removed.
    let operation = (error as? FileError)?.operation
    return operation == .synchronizeFolder || operation == .remove
  }

  /// Waits for all checkpoints, whether or not they could be written.
  package func wait() {
    thread.withLock { thread in
      thread?.join()
      thread = nil
    }
  }

  /// Waits for all checkpoints.
  ///
  /// - Throws: The error of the last checkpoint, if it could not be written.
  package func finish() throws {
    wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
