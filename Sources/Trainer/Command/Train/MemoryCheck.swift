import Foundation
import Machine
import Model
import Parallel
import Training

/// Refuses a network that the memory of this machine, cgroup or process cannot hold, before any of it is
/// allocated.
struct MemoryCheck {
  /// The bytes of the largest buffers, in doubles, which do not overflow.
  private let bytes: Double
  /// What needs them.
  private let words: String

  /// A lower bound of the largest buffers of a training run.
  ///
  /// - Parameters:
  ///   - configuration: The run's settings.
  ///   - architecture: The network.
  ///   - rankCount: The ranks that share the work.
  init(
    training configuration: TrainingConfiguration, _ architecture: Architecture, rankCount: Int
  ) {
    let network = Self.network(architecture)
    // Weights, gradients, the moving average and sums of batches that wait for others; a rank's share
    // of the optimizer's moments, and of activations and their gradients.
    let copies =
      Double(
        2 + (configuration.emaDecay == nil ? 0 : 1)
          + PairwiseTree.waitingCount(leafCount: configuration.accumulate))
      + Double(configuration.optimizer.kind.stateCount) / Double(rankCount)
    self.init(
      network, copies: copies, rows: Double(configuration.batchSize) / Double(rankCount),
      columns: BufferPlan(network).floatsPerRow, advice: "--model or --batch-size")
  }

  /// A lower bound of the largest buffers of an evaluation.
  ///
  /// - Parameters:
  ///   - architecture: The network.
  ///   - rows: The rows that all threads work on at once.
  ///   - advice: The options whose smaller values need less memory.
  init(
    evaluating architecture: Architecture, rows: Int, advice: String = "--shard-size or --threads"
  ) {
    let network = Self.network(architecture)
    self.init(
      network, copies: 1, rows: Double(rows), columns: ForwardPlan(network).columns.reduce(0, +),
      advice: advice)
  }

  private init(_ network: Network, copies: Double, rows: Double, columns: Int, advice: String) {
    let parameters = network.parameters.valueCount
    let floats = copies * Double(parameters) + rows * Double(columns)
    bytes = floats * Double(MemoryLayout<Float>.stride)
    words =
      "\(parameters) parameters and \(fixed(rows, 0)) rows of \(counted(columns, "value")); smaller "
      + "\(advice) needs less"
  }

  private static func network(_ architecture: Architecture) -> Network {
    Network(architecture, seed: 0, engine: .native)
  }

  /// Throws if there is less memory than needed.
  ///
  /// - Parameters:
  ///   - machine: The machine, whose amount of memory may be unknown.
  ///   - limit: What limits the memory besides the machine's size; nil for nothing.
  /// - Throws: `TrainerError` with what is needed and what there is.
  func require(of machine: Machine, limit: MemoryLimit? = .smallest()) throws {
    let code: TrainerError.Code
    let bound: String
    if let limit, bytes > Double(limit.bytes) {
      (code, bound) = (.refused, "\(limit.source) allows \(Self.gibibytes(Double(limit.bytes)))")
    } else if let total = machine.memoryTotal, bytes > Double(total) {
      (code, bound) = (.usage, "the machine has \(Self.gibibytes(Double(total)))")
    } else {
      return
    }
    throw TrainerError(
      code, "this needs at least \(Self.gibibytes(bytes)) of memory, but \(bound): \(words)")
  }

  private static func gibibytes(_ bytes: Double) -> String {
    fixed(bytes / 0x1p30, 1) + " GiB"
  }
}
