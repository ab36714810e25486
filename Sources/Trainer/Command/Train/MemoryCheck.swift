import Foundation
import Machine
import Model
import Parallel
import Training

/// Refuses a network that the memory of this machine, cgroup or process cannot hold, before any of it is
/// allocated.
enum MemoryCheck {
  /// Estimates a run's largest buffers from below.
  ///
  /// - Parameters:
  ///   - configuration: The run's settings.
  ///   - inputCount: Pixels of an image.
  ///   - classCount: Classes.
  ///   - machine: The machine, which may not say how much memory it has.
  ///   - rankCount: The ranks that share the work.
  ///   - limit: What limits the memory beside the machine's size; nil for nothing.
  /// - Throws: `TrainerError` with what the run would need and what there is.
  static func require(
    _ configuration: TrainingConfiguration, inputCount: Int, classCount: Int, machine: Machine,
    rankCount: Int, limit: MemoryLimit? = .smallest()
  ) throws {
    let widths = [inputCount] + configuration.hidden + [classCount]
    // In doubles, which do not overflow: the estimate is rough anyway.
    let parameters = zip(widths, widths.dropFirst()).reduce(0.0) { sum, pair in
      sum + Double(pair.0) * Double(pair.1)
    }
    // Weights, gradients, the moving average and sums of batches that wait for others; a rank's share
    // of the optimizer's moments, and of activations and their gradients.
    let copies =
      Double(
        2 + (configuration.emaDecay == nil ? 0 : 1)
          + PairwiseTree.waitingCount(leafCount: configuration.accumulate))
      + Double(configuration.optimizer.kind.stateCount) / Double(rankCount)
    let rows = max(
      Double(configuration.batchSize) / Double(rankCount),
      Double(configuration.threads) * Double(configuration.shardSize))
    let activations = rows * widths.reduce(0.0) { $0 + Double($1) }
    let bytes = 4 * (copies * parameters + activations)
    let code: TrainerError.Code
    let bound: String
    if let limit, bytes > Double(limit.bytes) {
      (code, bound) = (.refused, "\(limit.source) allows \(gibibytes(Double(limit.bytes)))")
    } else if let total = machine.memoryTotal, bytes > Double(total) {
      (code, bound) = (.usage, "the machine has \(gibibytes(Double(total)))")
    } else {
      return
    }
    throw TrainerError(
      code,
      "this run needs at least \(gibibytes(bytes)) of memory for layers of "
        + "\(widths.map(String.init).joined(separator: "-")) units and \(fixed(rows, 0)) rows; "
        + "\(bound). Smaller --hidden, --batch-size, --shard-size "
        + "or --threads need less")
  }

  private static func gibibytes(_ bytes: Double) -> String {
    fixed(bytes / 0x1p30, 1) + " GiB"
  }
}
