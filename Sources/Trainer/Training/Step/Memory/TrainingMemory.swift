import ImageData
import Model
import Parallel

/// The memory of one process's training run, as far as it depends on the network, the batch and the
/// threads.
///
/// The data set, the program and its stacks are not counted.
package struct TrainingMemory: Sendable, Equatable {
  /// Floats for the parameters: their values, gradients, moments, averages, and copies for the
  /// kernels.
  package let modelFloats: Double
  /// Floats for a checkpoint: a copy of the parameters, all of the moments, and the average.
  package let checkpointFloats: Double
  /// Floats for each sample of the batch in this process: activations and their gradients.
  package let floatsPerRow: Int
  /// Floats for each leaf of the batch: its partial results.
  package let floatsPerLeaf: Int
  /// Floats for each thread.
  package let floatsPerThread: Int
  /// Floats for partial sums that this process exchanges with others; those of the process that
  /// needs the fewest.
  package let exchangedFloats: Int
  /// The samples of a batch in this process.
  package let rows: Double
  /// The samples of a batch in all processes.
  package let batchSize: Int
  /// The threads of this process.
  package let threads: Int

  /// Counts the memory.
  ///
  /// - Parameters:
  ///   - network: The network, with the engine of the run.
  ///   - configuration: The run's settings.
  ///   - rankCount: The processes that share the work.
  package init(_ network: Network, _ configuration: TrainingConfiguration, rankCount: Int = 1) {
    // Weights, gradients, the moving average, and sums of batches that wait for others; a rank's
    // share of the optimizer's moments.
    let copies =
      Double(
        2 + (configuration.keepsAverage ? 1 : 0)
          + PairwiseTree.waitingCount(leafCount: configuration.accumulate))
      + Double(configuration.optimizer.kind.stateCount) / Double(rankCount)
    let count = Double(network.parameters.count)
    checkpointFloats =
      count
      * Double(1 + configuration.optimizer.kind.stateCount + (configuration.keepsAverage ? 1 : 0))
    let layers = network.layers
    modelFloats = copies * count + Double(layers.reduce(0) { $0 + $1.keptCount })
    floatsPerRow = BufferBlocks(BufferPlan(network), network).floatsPerRow
    floatsPerLeaf = layers.reduce(0) { sum, layer in
      let rules = [
        (layer as? any ForwardMerging)?.forwardMerge,
        (layer as? any BackwardMerging)?.backwardMerge,
      ]
      return rules.compactMap(\.self).reduce(sum) { $0 + paddedCount($1.partialCount) }
    }
    let gather = network.inputShape.image.map { image in
      let size = ImageSize(rows: image.rows, columns: image.columns, channels: image.channels)
      return SampleGather.scratchCount(
        configuration.augmentation.map { ImageDistorter($0, size: size, seed: 0) },
        configuration.mixer(for: size, partners: [0]))
    }
    let blockCapacity = LeafPlan(rowCount: configuration.batchSize).blockCount
    floatsPerThread =
      (layers.map(\.scratchCount).max() ?? 0) + (gather ?? 0)
      + TileSums.scratchCount(of: network, blockCapacity: blockCapacity)
    exchangedFloats = GradientExchange.leastFloatCount(
      network, blockCapacity: blockCapacity, rankCount: rankCount)
    rows = Double(configuration.batchSize) / Double(rankCount)
    batchSize = configuration.batchSize
    threads = configuration.threads
  }

  /// A checkpoint, in bytes.
  package var checkpointBytes: Double { checkpointFloats * Double(MemoryLayout<Float>.stride) }

  /// All of it except the checkpoint, in bytes; a double, which does not overflow.
  package var bytes: Double {
    let leaves = Double((batchSize + LeafPlan.leafRows - 1) / LeafPlan.leafRows)
    let floats =
      modelFloats + rows * Double(floatsPerRow) + leaves * Double(floatsPerLeaf)
      + Double(threads) * Double(floatsPerThread) + Double(exchangedFloats)
    return floats * Double(MemoryLayout<Float>.stride)
  }
}
