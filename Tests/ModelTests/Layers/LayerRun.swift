import Testing

@testable import Model
@testable import Parallel

/// Runs one layer over a batch in the order that ``Layer`` demands, shard after shard on one
/// thread.
///
/// The plain twin of the data-parallel step, for a single layer.
final class LayerRun {
  let layer: any Layer
  private let plan: LeafPlan
  private let shardLeaves: Int
  private let workers: Int
  private let epoch: UInt32
  private let samples: AlignedBuffer<UInt32>
  private let input: AlignedBuffer<Float>
  private let output: AlignedBuffer<Float>
  private let outputGradient: AlignedBuffer<Float>
  private let inputGradient: AlignedBuffer<Float>
  private let parameters: AlignedBuffer<Float>
  private let gradients: AlignedBuffer<Float>
  private let statistics: AlignedBuffer<Float>
  private let kept: AlignedBuffer<Float>
  private let scratch: AlignedBuffer<Float>
  private let forwardPartials: PartialResults?
  private let backwardPartials: PartialResults?

  /// Allocates the layer's memory.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - rows: Rows of the batch.
  ///   - shardSize: Rows of a shard, rounded up to whole leaves.
  ///   - workers: In how many slices merges are done.
  ///   - parameters: Values of each parameter tensor; statistics have their start values.
  ///   - samples: The rows' sample numbers; from 0 where nil.
  ///   - epoch: The epoch.
  init(
    _ layer: any Layer, rows: Int, shardSize: Int, workers: Int = 1, parameters: [[Float]] = [],
    samples: [UInt32]? = nil, epoch: UInt32 = 1
  ) {
    self.layer = layer
    plan = LeafPlan(rowCount: rows)
    shardLeaves = (shardSize - 1) / LeafPlan.leafRows + 1
    self.workers = workers
    self.epoch = epoch
    self.samples = AlignedBuffer(count: rows)
    for row in 0..<rows { self.samples.pointer[row] = samples?[row] ?? UInt32(row) }
    let inputCount = rows * layer.inputShape.count
    let outputCount = rows * layer.outputShape.count
    input = AlignedBuffer(count: inputCount)
    output = AlignedBuffer(count: outputCount)
    outputGradient = AlignedBuffer(count: outputCount)
    inputGradient = layer.isBackwardInPlace ? outputGradient : AlignedBuffer(count: inputCount)
    self.parameters = Self.buffer(layer.parameters)
    gradients = Self.buffer(layer.parameters)
    statistics = Self.buffer(layer.statistics)
    kept = AlignedBuffer(count: layer.keptCount)
    scratch = AlignedBuffer(count: layer.scratchCount)
    // A call may not rely on what it holds.
    scratch.elements.update(repeating: .nan)
    let leafCount = plan.leafCount
    forwardPartials = (layer as? any ForwardMerging).map {
      PartialResults(rule: $0.forwardMerge, leafCapacity: leafCount)
    }
    backwardPartials = (layer as? any BackwardMerging)?.backwardMerge.map {
      PartialResults(rule: $0, leafCapacity: leafCount)
    }
    for ((range, tensor), values) in zip(
      zip(Self.ranges(layer.parameters), layer.parameters), parameters)
    {
      let storage = self.parameters.pointer + range.lowerBound
      if let panels = tensor.panels {
        panels.store(values, to: storage)
      } else {
        storage.update(from: values, count: values.count)
      }
    }
    if let layer = layer as? any CachesParameters {
      for range in Self.ranges(layer.parameters) { layer.parametersChanged(range, memory: memory) }
    }
    if let layer = layer as? any TransformsParameters {
      for part in 0..<workers {
        layer.transformParameters(part: part, of: workers, memory: memory)
      }
    }
    for (range, tensor) in zip(Self.ranges(layer.statistics), layer.statistics) {
      let values = UnsafeMutableBufferPointer(rebasing: statistics.elements[range])
      tensor.initializer.fill(values, seed: 0, number: 0)
    }
  }

  /// Where tensors lie: one after the other, each padded.
  private static func ranges(_ tensors: [TensorDeclaration]) -> [Range<Int>] {
    var offset = 0
    return tensors.map { tensor in
      defer { offset += paddedCount(tensor.count) }
      return offset..<offset + tensor.count
    }
  }

  private static func buffer(_ tensors: [TensorDeclaration]) -> AlignedBuffer<Float> {
    AlignedBuffer(count: tensors.reduce(0) { $0 + paddedCount($1.count) })
  }

  private var memory: LayerMemory {
    LayerMemory(
      parameters: parameters.pointer, statistics: statistics.pointer, kept: kept.pointer)
  }

  private var passes: [LayerContext] {
    stride(from: 0, to: plan.leafCount, by: shardLeaves).map { leaf in
      let rows = plan.rows(of: leaf..<leaf + shardLeaves)
      let inputOffset = rows.lowerBound * layer.inputShape.count
      let outputOffset = rows.lowerBound * layer.outputShape.count
      return LayerContext(
        memory: memory, rows: rows.count, epoch: epoch, samples: samples.pointer + rows.lowerBound,
        input: input.pointer + inputOffset, output: output.pointer + outputOffset,
        outputGradient: outputGradient.pointer + outputOffset,
        inputGradient: inputGradient.pointer + inputOffset,
        forwardPartials: slots(forwardPartials, from: leaf),
        backwardPartials: slots(backwardPartials, from: leaf), scratch: scratch.pointer)
    }
  }

  private func slots(_ partials: PartialResults?, from leaf: Int) -> LayerContext.Slots {
    partials.map { .init(first: $0.slot(leaf), stride: $0.stride) }
      ?? .init(first: kept.pointer, stride: 0)
  }

  private func merge(
    _ partials: PartialResults?,
    _ merged: (_ values: UnsafePointer<Float>, _ columns: Range<Int>) -> Void
  ) {
    guard let partials else { return }
    for worker in 0..<workers {
      let columns = slice(worker, of: workers, count: partials.rule.columnCount, alignment: 16)
      partials.merge(
        0..<plan.leafCount, between: nil, columns: columns, of: plan)
      merged(partials.slot(0), columns)
    }
  }

  /// The output in training (rows, output count).
  func forward(_ x: [Float]) -> [Float] {
    _ = input.elements.update(fromContentsOf: x)
    passes.forEach(layer.forward)
    if let layer = layer as? any ForwardMerging {
      merge(forwardPartials) {
        layer.mergedForward($0, columns: $1, batchRows: plan.rowCount, memory: memory)
      }
      passes.forEach(layer.finishForward)
    }
    return Array(output.elements)
  }

  /// After forward: the input's gradient (rows, input count) and each parameter tensor's.
  func backward(_ dy: [Float]) -> (input: [Float], parameters: [[Float]]) {
    _ = outputGradient.elements.update(fromContentsOf: dy)
    // In a step, other layers use the memory of what is not read any more.
    if !layer.backwardReads.contains(.input) { input.elements.update(repeating: .nan) }
    if !layer.backwardReads.contains(.output) { output.elements.update(repeating: .nan) }
    passes.forEach(layer.backward)
    if let layer = layer as? any BackwardMerging {
      merge(backwardPartials) {
        layer.mergedBackward(
          $0, columns: $1, batchRows: plan.rowCount, memory: memory, gradients: gradients.pointer)
      }
    }
    if let layer = layer as? any BackwardFinishing { passes.forEach(layer.finishBackward) }
    if let layer = layer as? any TiledGradients {
      for tile in layer.gradientTiles() { sumGradients(tile, of: layer) }
    }
    // Norms of the gradients go over the padding between tensors too.
    var end = 0
    for range in Self.ranges(layer.parameters) + [gradients.count..<gradients.count] {
      #expect(gradients.elements[end..<range.lowerBound].allSatisfy { $0 == 0 })
      end = range.upperBound
    }
    return (
      Array(inputGradient.elements),
      zip(Self.ranges(layer.parameters), layer.parameters).map { range, tensor in
        let storage = gradients.pointer + range.lowerBound
        var values = Array(gradients.elements[range])
        tensor.panels?.load(storage, to: &values)
        return values
      }
    )
  }

  /// Adds a tile's gradients over the shards, one after the other.
  private func sumGradients(_ tile: GradientTile, of layer: any TiledGradients) {
    var share = [Float](repeating: .nan, count: tile.count)
    for (shard, pass) in passes.enumerated() {
      layer.tileGradient(tile, pass: pass, into: &share)
      for (index, value) in share.enumerated() {
        let place = tile.offset + index
        gradients.pointer[place] = shard == 0 ? value : gradients.pointer[place] + value
      }
    }
  }

  /// The output in evaluation (rows, output count).
  func evaluate(_ x: [Float]) -> [Float] {
    _ = input.elements.update(fromContentsOf: x)
    layer.prepareEvaluation(memory)
    for pass in passes { layer.evaluate(pass.asEvaluation) }
    return Array(output.elements)
  }

  /// Each running statistic's values.
  var statisticsValues: [[Float]] {
    Self.ranges(layer.statistics).map { Array(statistics.elements[$0]) }
  }
}

extension TiledGradients {
  /// Computes a tile's gradient over the rows of a block at most.
  func tileGradient(_ tile: GradientTile, pass: LayerContext, into share: inout [Float]) {
    precondition(pass.rows <= LeafPlan.blockRows && share.count == tile.count)
    tileGradient(tile, pass: pass, into: .init(first: &share, stride: tile.count)) { _ in }
  }
}
