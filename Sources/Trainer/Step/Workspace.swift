import Model
import Parallel

/// The memory of a step beside the model: activations, their gradients, kept values and partials.
///
/// Activations lie batch-wide, a row a sample, so that a shard's rows are one run of memory.
final class Workspace: Sendable {
  /// What one layer uses.
  struct LayerBuffers: Sendable {
    let layer: any Layer
    let inputCount: Int
    let outputCount: Int
    let input: AlignedBuffer<Float>
    let output: AlignedBuffer<Float>
    let outputGradient: AlignedBuffer<Float>
    let inputGradient: AlignedBuffer<Float>?
    let kept: AlignedBuffer<Float>
    let forwardPartials: PartialResults?
    let backwardPartials: PartialResults?
    let memory: LayerMemory
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

  /// Allocates for batches of up to `rowCapacity` rows in up to `shardCapacity` shards.
  init(state: ModelState, rowCapacity: Int, shardCapacity: Int) {
    let network = state.network
    func rows(_ count: Int) -> AlignedBuffer<Float> {
      AlignedBuffer(count: rowCapacity * count)
    }
    input = rows(network.layers[0].inputShape.count)
    let outputs = network.layers.map { rows($0.outputShape.count) }
    // From the last layer on, each layer's output gradient; in-place layers share theirs.
    var gradients = [rows(network.loss.classCount)]
    for layer in network.layers.dropFirst().reversed() {
      gradients.append(
        layer.isBackwardInPlace ? gradients[gradients.count - 1] : rows(layer.inputShape.count))
    }
    gradients.reverse()
    var layers: [LayerBuffers] = []
    for (index, layer) in network.layers.enumerated() {
      let kept = AlignedBuffer<Float>(count: layer.keptCount)
      layers.append(
        LayerBuffers(
          layer: layer, inputCount: layer.inputShape.count, outputCount: layer.outputShape.count,
          input: index == 0 ? input : outputs[index - 1], output: outputs[index],
          outputGradient: gradients[index],
          inputGradient: index == 0 ? nil : gradients[index - 1], kept: kept,
          forwardPartials: layer.forwardMerge.map {
            PartialResults(rule: $0, shardCapacity: shardCapacity)
          },
          backwardPartials: layer.backwardMerge.map {
            PartialResults(rule: $0, shardCapacity: shardCapacity)
          },
          memory: LayerMemory(
            parameters: state.parameters.pointer + network.parameters.layerOffsets[index],
            gradients: state.gradients.pointer + network.parameters.layerOffsets[index],
            statistics: state.statistics.pointer + network.statistics.layerOffsets[index],
            kept: kept.pointer)))
    }
    self.layers = layers
    logits = outputs[outputs.count - 1]
    logitsGradient = gradients[gradients.count - 1]
    labels = AlignedBuffer(count: rowCapacity)
    predictions = AlignedBuffer(count: rowCapacity)
    lossScratch = AlignedBuffer(count: 2 * rowCapacity)
  }

  /// A layer's view of a run of rows.
  @inline(__always)
  func pass(
    layer index: Int, shard: Int, rows: Range<Int>, epoch: UInt32,
    samples: UnsafePointer<UInt32>
  ) -> ShardPass {
    let buffers = layers[index]
    let first = rows.lowerBound
    return ShardPass(
      memory: buffers.memory, rows: rows.count, epoch: epoch, samples: samples + first,
      input: buffers.input.pointer + first * buffers.inputCount,
      output: buffers.output.pointer + first * buffers.outputCount,
      outputGradient: buffers.outputGradient.pointer + first * buffers.outputCount,
      inputGradient: buffers.inputGradient.map { $0.pointer + first * buffers.inputCount },
      forwardPartial: buffers.forwardPartials?.slot(shard) ?? buffers.kept.pointer,
      backwardPartial: buffers.backwardPartials?.slot(shard) ?? buffers.kept.pointer)
  }
}
