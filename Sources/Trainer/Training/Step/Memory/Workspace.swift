import CKernels
import Model
import Parallel

/// The memory of a step besides the model: activations, their gradients, kept values and partial
/// results.
///
/// The matrices are those of a ``BufferPlan`` in ``BufferBlocks``; a shard's rows are one run of
/// memory.
package final class Workspace: Sendable {
  /// The memory of one layer, and its protocols, resolved once, so that no step casts.
  struct LayerBuffers: @unchecked Sendable {
    let layer: any Layer
    let memory: LayerMemory
    /// The gradients of the layer's parameters.
    let gradients: UnsafeMutablePointer<Float>
    let forwardMerge: (layer: any ForwardMerging, partials: PartialResults)?
    let backwardMerge: (layer: any BackwardMerging, partials: PartialResults)?
    let finishing: (any BackwardFinishing)?
    let tiled: (any TiledGradients)?
    let transforming: (any TransformsParameters)?
    /// The gradients that are added after the layer's are computed.
    let additions: [(to: Matrix, from: Matrix)]
  }

  /// A matrix of the plan.
  ///
  /// A plain pointer, so that a pass is made without counting references. The owner lives as long
  /// as the workspace.
  struct Matrix: BitwiseCopyable {
    let pointer: UnsafeMutablePointer<Float>
    let columns: Int
    /// The floats from one row to the next for rows that start a shard.
    let stride: Int

    /// The values of a shard, which starts with the row.
    @inline(__always)
    func row(_ row: Int) -> UnsafeMutablePointer<Float> { pointer + row * stride }
  }

  /// Where a layer's matrices and partial results start.
  private struct LayerPointers: BitwiseCopyable {
    let memory: LayerMemory
    let input: Matrix
    let secondInput: Matrix?
    let output: Matrix
    let outputGradient: Matrix
    let inputGradient: Matrix?
    let secondInputGradient: Matrix?
    let forwardPartials: LayerContext.Slots
    let backwardPartials: LayerContext.Slots
  }

  let layers: [LayerBuffers]
  /// The network's input (rows, input count).
  let input: AlignedBuffer<Float>
  /// The last layer's output (rows, classes) and its gradient.
  let logits: AlignedBuffer<Float>
  let logitsGradient: AlignedBuffer<Float>
  /// The rows' targets, and predictions (rows).
  let targets: RowTargets
  let predictions: AlignedBuffer<UInt8>
  /// Two floats per row for the loss.
  let lossScratch: AlignedBuffer<Float>
  private let bases: AlignedBuffer<LayerPointers>
  private let rowCapacity: Int
  /// All blocks with one row per sample.
  private let matrices: [AlignedBuffer<Float>]
  /// The memory that the layers keep from one step to the next.
  private let kept: [AlignedBuffer<Float>]
  /// For each worker, memory for the length of a call.
  private let scratch: [AlignedBuffer<Float>]

  /// Allocates for up to `rowCapacity` rows, with memory for their targets, of batches of up to
  /// `leafCapacity` leaves.
  init(
    state: ModelState, rowCapacity: Int, leafCapacity: Int, workerCount: Int, targets: RowTargets
  ) {
    self.rowCapacity = rowCapacity
    let network = state.network
    let plan = BufferPlan(network)
    let blocks = BufferBlocks(plan, network)
    let buffers = blocks.strides.map { AlignedBuffer<Float>(count: rowCapacity * $0) }
    func matrix(_ index: Int) -> Matrix {
      let block = blocks.blocks[index]
      return Matrix(
        pointer: buffers[block].pointer, columns: plan.columns[index],
        stride: blocks.strides[block])
    }
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
        return (layer: layer, partials: PartialResults(rule: rule, leafCapacity: leafCapacity))
      }
      let backwardMerge = (layer as? any BackwardMerging).flatMap { layer in
        layer.backwardMerge.map {
          (layer: layer, partials: PartialResults(rule: $0, leafCapacity: leafCapacity))
        }
      }
      let (forward, backward) = (forwardMerge?.partials, backwardMerge?.partials)
      let node = plan.nodes[index]
      layers.append(
        LayerBuffers(
          layer: layer, memory: memory,
          gradients: state.gradients.pointer + network.parameters.layerOffsets[index],
          forwardMerge: forwardMerge, backwardMerge: backwardMerge,
          finishing: layer as? any BackwardFinishing, tiled: layer as? any TiledGradients,
          transforming: layer as? any TransformsParameters,
          additions: node.additions.map { (to: matrix($0.to), from: matrix($0.from)) }))
      bases.pointer[index] = LayerPointers(
        memory: memory, input: matrix(node.input), secondInput: node.secondInput.map(matrix),
        output: matrix(node.output), outputGradient: matrix(node.outputGradient),
        inputGradient: node.inputGradient.map(matrix),
        secondInputGradient: node.secondInputGradient.map(matrix),
        forwardPartials: .init(
          first: forward?.slot(0) ?? kept.pointer, stride: forward?.stride ?? 0),
        backwardPartials: .init(
          first: backward?.slot(0) ?? kept.pointer, stride: backward?.stride ?? 0))
    }
    self.layers = layers
    kept = keptOfLayers
    let scratchCount = network.layers.map(\.scratchCount).max() ?? 0
    scratch = (0..<workerCount).map { _ in AlignedBuffer(count: scratchCount) }
    input = buffers[blocks.blocks[0]]
    let last = plan.nodes[plan.nodes.count - 1]
    logits = buffers[blocks.blocks[last.output]]
    logitsGradient = buffers[blocks.blocks[last.outputGradient]]
    self.targets = targets
    predictions = AlignedBuffer(count: rowCapacity)
    lossScratch = AlignedBuffer(count: rowCapacity * 2)
    matrices = buffers + [lossScratch]
  }

  /// Takes the rows and partial results of some leaves into memory near the calling worker; before
  /// the first step.
  ///
  /// A huge page of 2 MiB is placed entirely on the NUMA node of the thread that touches it first:
  /// if a worker's rows of a matrix are fewer, as 512 rows of 784 pixels are for two workers,
  /// neighboring workers share pages, and so a node.
  ///
  /// - Parameters:
  ///   - leaves: The worker's leaves.
  ///   - rows: Their rows in the workspace.
  func touch(_ leaves: Range<Int>, rows: Range<Int>) {
    if leaves.isEmpty { return }
    for matrix in matrices {
      let width = matrix.count / rowCapacity
      matrix.touch(rows.lowerBound * width..<rows.upperBound * width)
    }
    targets.touch(rows)
    predictions.touch(rows)
    for buffers in layers {
      buffers.forwardMerge?.partials.touch(leaves)
      buffers.backwardMerge?.partials.touch(leaves)
    }
  }

  /// A layer's view of a run of rows, with the calling worker's scratch memory.
  @inline(__always)
  func pass(
    layer index: Int, worker: Int, firstLeaf: Int, rows: Range<Int>, epoch: UInt32,
    samples: UnsafePointer<UInt32>
  ) -> LayerContext {
    let base = bases.pointer + index
    let first = rows.lowerBound
    return LayerContext(
      memory: base.pointee.memory, rows: rows.count, epoch: epoch, samples: samples + first,
      input: base.pointee.input.row(first),
      secondInput: base.pointee.secondInput.map { $0.row(first) },
      output: base.pointee.output.row(first),
      outputGradient: base.pointee.outputGradient.row(first),
      inputGradient: base.pointee.inputGradient.map { $0.row(first) },
      secondInputGradient: base.pointee.secondInputGradient.map { $0.row(first) },
      forwardPartials: base.pointee.forwardPartials.slots(from: firstLeaf),
      backwardPartials: base.pointee.backwardPartials.slots(from: firstLeaf),
      scratch: scratch[worker].pointer)
  }

  /// Adds a layer's gradients of outputs that several layers read to those of the layers after it.
  func addGradients(layer index: Int, rows: Range<Int>) {
    for (to, from) in layers[index].additions {
      kernel_add(
        to.row(rows.lowerBound), from.row(rows.lowerBound), Int64(rows.count * to.columns))
    }
  }
}

extension LayerContext.Slots {
  /// The slots from a leaf on.
  @inline(__always)
  fileprivate func slots(from leaf: Int) -> Self {
    Self(first: first + leaf * stride, stride: stride)
  }
}
