import Files
import Parallel
import Synchronization
import Training

/// Writes checkpoints beside training, one at a time, in the order they were made.
package final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let warn: @Sendable (String) -> Void
  /// What the checkpoint under way is written on.
  private let thread = Mutex<OwnThread?>(nil)
  private let failure = Mutex<(any Error)?>(nil)

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - folder: Where checkpoints go.
  ///   - warn: Is told, on another thread, of a checkpoint that could not be written.
  package init(folder: CheckpointFolder, warn: @escaping @Sendable (String) -> Void) {
    self.folder = folder
    self.warn = warn
  }

  /// Writes a checkpoint after those before it; waits until at most that one is under way.
  ///
  /// - Parameter checkpoint: The checkpoint.
  package func write(_ checkpoint: Checkpoint) {
    // Two copies of a large model at a time are enough.
    wait()
    if let started = OwnThread({ [self] in writeNow(checkpoint) }) {
      thread.withLock { $0 = started }
    } else {
      writeNow(checkpoint)
    }
  }

  private func writeNow(_ checkpoint: Checkpoint) {
    do {
      try StopSignals.whileWaiting { try folder.write(checkpoint) }
      failure.withLock { $0 = nil }
    } catch {
      failure.withLock { $0 = error }
      let step = checkpoint.position.step
      warn(
        (Self.leavesCheckpoint(error)
          ? "the checkpoint of step \(step) is written, but " : "no checkpoint of step \(step): ")
          + "\(error); training goes on")
    }
  }

  /// Whether the error came after the checkpoint was in its place.
  private static func leavesCheckpoint(_ error: any Error) -> Bool {
    // Or an older one could not be removed.
    let operation = (error as? FileError)?.operation
    return operation == .synchroniseFolder || operation == .remove
  }

  /// Waits for the checkpoints that were given, whether or not they could be written.
  package func wait() {
    thread.withLock { thread in
      thread?.join()
      thread = nil
    }
  }

  /// Waits for the checkpoints that were given.
  ///
  /// - Throws: What kept the last one from being written.
  package func finish() throws {
    wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
