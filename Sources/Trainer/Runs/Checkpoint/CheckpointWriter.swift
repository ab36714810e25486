import Dispatch
import Files
import Parallel
import Synchronization
import Training

/// Writes checkpoints beside training, one at a time, in the order they were made.
package final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let warn: @Sendable (String) -> Void
  private let queue = DispatchQueue(label: "trainer.checkpoints", qos: .utility)
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
    // Where Dispatch would get no thread, this one writes it.
    if ThreadSupply.allowsDispatch(threads: 1) {
      queue.async { [self] in writeNow(checkpoint) }
    } else {
      queue.sync { writeNow(checkpoint) }
    }
  }

  private func writeNow(_ checkpoint: Checkpoint) {
    do {
      try StopSignals.whileWaiting { try folder.write(checkpoint) }
      failure.withLock { $0 = nil }
    } catch {
      failure.withLock { $0 = error }
      warn("no checkpoint of step \(checkpoint.position.step): \(error); training goes on")
    }
  }

  /// Waits for the checkpoints that were given, whether or not they could be written.
  package func wait() {
    queue.sync {}
  }

  /// Waits for the checkpoints that were given.
  ///
  /// - Throws: What kept the last one from being written.
  package func finish() throws {
    wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
