import Model
import Parallel

/// The memory of a step beside the model: activations, their gradients, kept values and partials.
///
/// Activations lie batch-wide, a row a sample, so that a shard's rows are one run of memory.
package final class Workspace: Sendable {
  /// What one layer uses, and what it takes part in: found out once, so that no step casts.
  struct LayerBuffers: @unchecked Sendable {
    let layer: any Layer
    let memory: LayerMemory
    /// The gradients of the layer's parameters.
    let gradients: UnsafeMutablePointer<Float>
    let forwardMerge: (layer: any ForwardMerging, partials: PartialResults)?
    let backwardMerge: (layer: any BackwardMerging, partials: PartialResults)?
    let finishing: (any BackwardFinishing)?
    let tiled: (any TiledGradients)?
  }

  /// Where a layer's matrices start.
  ///
  /// Plain pointers, so that a pass is made without counting references. The owners live as long as the workspace.
  private struct Bases: BitwiseCopyable {
    let memory: LayerMemory
    let inputCount: Int
    let outputCount: Int
    let input: UnsafeMutablePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let outputGradient: UnsafeMutablePointer<Float>
    let inputGradient: UnsafeMutablePointer<Float>?
    let forwardPartials: UnsafeMutablePointer<Float>
    let forwardStride: Int
    let backwardPartials: UnsafeMutablePointer<Float>
    let backwardStride: Int
  }

  let layers: [LayerBuffers]
  /// The first layer's input (rows, input count).
  let input: AlignedBuffer<Float>
  /// The last layer's output (rows, classes) and its gradient.
  let logits: AlignedBuffer<Float>
  let logitsGradient: AlignedBuffer<Float>
  /// The rows' labels and predictions (rows).
  let labels: AlignedBuffer<UInt8>
  let predictions: AlignedBuffer<UInt8>
  /// Two floats a row for the loss.
  let lossScratch: AlignedBuffer<Float>
  private let bases: AlignedBuffer<Bases>
  private let rowCapacity: Int
  /// All matrices with a row a sample.
  private let matrices: [AlignedBuffer<Float>]
  /// What the layers keep from one step to the next.
  private let kept: [AlignedBuffer<Float>]

  /// Allocates for batches of up to `rowCapacity` rows in up to `shardCapacity` shards.
  init(state: ModelState, rowCapacity: Int, shardCapacity: Int) {
    self.rowCapacity = rowCapacity
    let network = state.network
    func rows(_ count: Int) -> AlignedBuffer<Float> {
      AlignedBuffer(count: rowCapacity * count)
    }
    input = rows(network.layers[0].inputShape.count)
    let outputs = network.layers.map { rows($0.outputShape.count) }
    // From the last layer on, each layer's output gradient, and in the end the first one's input
    // gradient; in-place layers share theirs.
    var gradients = [rows(network.loss.classCount)]
    for layer in network.layers.reversed() {
      gradients.append(
        layer.isBackwardInPlace
          ? gradients[gradients.count - 1]
          : rows(layer.propagates ? layer.inputShape.count : 0))
    }
    gradients.reverse()
    var layers: [LayerBuffers] = []
    var keptOfLayers: [AlignedBuffer<Float>] = []
    bases = AlignedBuffer(count: network.layers.count)
    for (index, layer) in network.layers.enumerated() {
      let kept = AlignedBuffer<Float>(count: layer.keptCount)
      keptOfLayers.append(kept)
      let memory = LayerMemory(
        parameters: state.parameters.pointer + network.parameters.layerOffsets[index],
        statistics: state.statistics.pointer + network.statistics.layerOffsets[index],
        kept: kept.pointer)
      let forwardMerge = (layer as? any ForwardMerging).map { layer in
        let rule = layer.forwardMerge
        return (layer: layer, partials: PartialResults(rule: rule, shardCapacity: shardCapacity))
      }
      let backwardMerge = (layer as? any BackwardMerging).flatMap { layer in
        layer.backwardMerge.map {
          (layer: layer, partials: PartialResults(rule: $0, shardCapacity: shardCapacity))
        }
      }
      let (forward, backward) = (forwardMerge?.partials, backwardMerge?.partials)
      layers.append(
        LayerBuffers(
          layer: layer, memory: memory,
          gradients: state.gradients.pointer + network.parameters.layerOffsets[index],
          forwardMerge: forwardMerge, backwardMerge: backwardMerge,
          finishing: layer as? any BackwardFinishing, tiled: layer as? any TiledGradients))
      bases.pointer[index] = Bases(
        memory: memory, inputCount: layer.inputShape.count, outputCount: layer.outputShape.count,
        input: (index == 0 ? input : outputs[index - 1]).pointer, output: outputs[index].pointer,
        outputGradient: gradients[index + 1].pointer,
        inputGradient: layer.propagates ? gradients[index].pointer : nil,
        forwardPartials: forward?.slot(0) ?? kept.pointer, forwardStride: forward?.stride ?? 0,
        backwardPartials: backward?.slot(0) ?? kept.pointer,
        backwardStride: backward?.stride ?? 0)
    }
    self.layers = layers
    kept = keptOfLayers
    logits = outputs[outputs.count - 1]
    logitsGradient = gradients[gradients.count - 1]
    labels = AlignedBuffer(count: rowCapacity)
    predictions = AlignedBuffer(count: rowCapacity)
    lossScratch = rows(2)
    matrices = [input] + outputs + gradients + [lossScratch]
  }

  /// Takes the rows and partial results of some shards into memory near the calling worker; before the
  /// first step.
  ///
  /// A huge page of 2 MiB goes as a whole to the NUMA node of whoever touches it first: where a
  /// worker's rows of a matrix are fewer, as 512 rows of 784 pixels are for two workers, neighbouring
  /// workers share pages, and so a node.
  ///
  /// - Parameters:
  ///   - shards: The worker's shards, consecutive.
  ///   - plan: How the largest batch is cut.
  ///   - firstShard: The shard whose rows are the workspace's first.
  func touch(_ shards: Range<Int>, of plan: ShardPlan, firstShard: Int) {
    guard let first = shards.first, let last = shards.last else { return }
    let origin = firstShard * plan.shardSize
    let rows =
      plan.rows(of: first).lowerBound - origin..<plan.rows(of: last).upperBound - origin
    for matrix in matrices {
      let width = matrix.count / rowCapacity
      matrix.touch(rows.lowerBound * width..<rows.upperBound * width)
    }
    labels.touch(rows)
    predictions.touch(rows)
    for buffers in layers {
      buffers.forwardMerge?.partials.touch(shards)
      buffers.backwardMerge?.partials.touch(shards)
    }
  }

  /// A layer's view of a run of rows.
  @inline(__always)
  func pass(
    layer index: Int, shard: Int, rows: Range<Int>, epoch: UInt32,
    samples: UnsafePointer<UInt32>
  ) -> ShardPass {
    let base = bases.pointer + index
    let first = rows.lowerBound
    return ShardPass(
      memory: base.pointee.memory, rows: rows.count, epoch: epoch, samples: samples + first,
      input: base.pointee.input + first * base.pointee.inputCount,
      output: base.pointee.output + first * base.pointee.outputCount,
      outputGradient: base.pointee.outputGradient + first * base.pointee.outputCount,
      inputGradient: base.pointee.inputGradient.map { $0 + first * base.pointee.inputCount },
      forwardPartial: base.pointee.forwardPartials + shard * base.pointee.forwardStride,
      backwardPartial: base.pointee.backwardPartials + shard * base.pointee.backwardStride)
  }
}
