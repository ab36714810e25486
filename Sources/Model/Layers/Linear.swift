import CKernels
import Parallel

/// A linear map `y = x W + b`; W is (in, out), b (out) is optional.
package struct Linear: BackwardMerging, TiledGradients, CachesParameters {
  /// The name that tensors and messages start with.
  package let name: String
  /// Values of one sample's input.
  package let inputCount: Int
  /// Values of one sample's output.
  package let outputCount: Int
  /// Whether there is a bias; not before a batch normalisation, which would remove it.
  package let hasBias: Bool
  /// Whether an earlier layer needs the input's gradient.
  package private(set) var givesInputGradient = true
  /// How the weights start.
  package let initializer: Initializer
  /// In what pieces products are done.
  package let style: ProductStyle
  /// How W is stored.
  private let panels: Panels
  /// How W's transpose is stored, for the input's gradient.
  private let transposedPanels: Panels

  /// One sample's input.
  package var inputShape: Shape { Shape(inputCount) }
  /// One sample's output.
  package var outputShape: Shape { Shape(outputCount) }
  /// A product of (in, out) weights forward, one for their gradient and one for the input's.
  package var operations: LayerOperations {
    let product = 2 * inputCount * outputCount
    return LayerOperations(
      forward: product, inputGradient: givesInputGradient ? product : 0, parameterGradients: product
    )
  }
  /// The gradients have buffers of their own.
  package var isBackwardInPlace: Bool { false }

  /// Creates a linear layer.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - inputCount: Values of one sample's input.
  ///   - outputCount: Values of one sample's output.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the weights start.
  ///   - style: In what pieces products are done.
  package init(
    name: String, inputCount: Int, outputCount: Int, hasBias: Bool, initializer: Initializer,
    style: ProductStyle = .preferred
  ) {
    self.name = name
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.hasBias = hasBias
    self.initializer = initializer
    self.style = style
    panels = style.panels(rows: inputCount, columns: outputCount)
    transposedPanels = style.panels(rows: outputCount, columns: inputCount)
  }

  /// Computes no input gradient, and so keeps no transpose.
  package func withoutInputGradient() -> Linear {
    var layer = self
    layer.givesInputGradient = false
    return layer
  }

  /// W (in, out), and b (out) if there is one.
  package var parameters: [TensorDeclaration] {
    let weight = TensorDeclaration(
      "weight", shape: [inputCount, outputCount], initializer: initializer, decays: true,
      panels: panels)
    let bias = TensorDeclaration("bias", shape: [outputCount], initializer: .zeros)
    return hasBias ? [weight, bias] : [weight]
  }

  private var biasOffset: Int { paddedCount(inputCount * outputCount) }

  /// W's transpose is kept if products are small, because their kernels are slow at transposing.
  private var keepsTranspose: Bool { style == .small && givesInputGradient }
  /// W's transpose, if it is kept.
  package var keptCount: Int { keepsTranspose ? inputCount * outputCount : 0 }
  /// None: only backward reads the transpose.
  package var evaluationKeptCount: Int { 0 }

  /// `y = x W + b`.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    BLAS.multiply(
      m: pass.rows, pass.input, panels, pass.memory.parameters, into: pass.output)
    if hasBias {
      kernel_add_bias(
        pass.output, pass.memory.parameters + biasOffset, Int64(pass.rows), Int64(outputCount))
    }
  }

  /// The bias's gradient is summed over the shards; without a bias nothing is.
  package var backwardMerge: MergeRule? { hasBias ? .sum(count: outputCount) : nil }

  /// `dx = dy W^T`; db is the column sums of dy.
  package func backward(_ pass: LayerContext) {
    if let inputGradient = pass.inputGradient {
      if keepsTranspose {
        BLAS.multiply(
          m: pass.rows, pass.outputGradient, transposedPanels, pass.memory.kept,
          into: inputGradient)
      } else {
        BLAS.multiply(
          m: pass.rows, n: inputCount, k: outputCount,
          pass.outputGradient, strideA: outputCount,
          pass.memory.parameters, strideB: outputCount, transposeB: true,
          into: inputGradient, strideC: inputCount)
      }
    }
    if hasBias {
      kernel_column_sums(
        pass.outputGradient, Int64(pass.rows), Int64(outputCount), pass.backwardPartial)
    }
  }

  /// Writes the bias's gradient.
  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    (gradients + biasOffset + columns.lowerBound)
      .update(from: merged + columns.lowerBound, count: columns.count)
  }

  /// Rectangles of W, each within a panel.
  package func gradientTiles(shardSize: Int) -> [GradientTile] {
    let height = tileHeight(shardSize: shardSize)
    // Neighbours in the list share their rows, that is, their columns of the input: the larger operand
    // is read from far away once.
    return stride(from: 0, to: inputCount, by: height).flatMap { row in
      (0..<panels.count).map { panel in
        let rows = row..<min(row + height, inputCount)
        let columns = panels.columns(of: panel)
        return GradientTile(
          offset: panels.offset(of: panel) + row * columns.count, rows: rows, columns: columns)
      }
    }
  }

  /// Rows of W in a tile: as many as make the product small, in nearly equal parts; if products
  /// are whole, as many as keep the tile and a pair of partial results in the second-level cache.
  private func tileHeight(shardSize: Int) -> Int {
    let limit =
      style == .small
      ? ProductStyle.smallLimit / (shardSize * min(panels.width, outputCount))
      : Self.tileFloats / outputCount
    let fewest = (inputCount + max(limit, 16) - 1) / max(limit, 16)
    // Two workers share an even number of parts fairly.
    let parts = style == .small ? (fewest + 1) / 2 * 2 : fewest
    return ((inputCount + parts - 1) / parts + 3) / 4 * 4
  }

  private static let tileFloats = 1 << 16

  /// Every row of the shard adds one product.
  package func gradientDepth(rows: Int) -> Int { rows }

  /// `dW = x^T dy` over the shard's rows, for a rectangle of W.
  package func tileGradient(
    _ tile: GradientTile, pass: LayerContext, into destination: UnsafeMutablePointer<Float>,
    adds: Bool
  ) {
    BLAS.multiply(
      m: tile.rows.count, n: tile.columns.count, k: pass.rows,
      pass.input + tile.rows.lowerBound, strideA: inputCount, transposeA: true,
      pass.outputGradient + tile.columns.lowerBound, strideB: outputCount,
      into: destination, strideC: tile.columns.count, adds: adds)
  }

  /// Brings the transpose up to date.
  package func parametersChanged(_ range: Range<Int>, memory: LayerMemory) {
    guard keepsTranspose else { return }
    var rest = range.clamped(to: 0..<inputCount * outputCount)
    while !rest.isEmpty {
      let panel = rest.lowerBound / (panels.width * inputCount)
      let columns = panels.columns(of: panel)
      let first = panels.offset(of: panel)
      let (row, column) = (rest.lowerBound - first).quotientAndRemainder(dividingBy: columns.count)
      let count = min(rest.upperBound, first + inputCount * columns.count) - rest.lowerBound
      // Whole rows at once, parts of rows one by one.
      let isWhole = column == 0 && count >= columns.count
      let rows = row..<row + (isWhole ? count / columns.count : 1)
      let changed = isWhole ? columns.count : min(count, columns.count - column)
      transpose(
        memory.parameters + rest.lowerBound, rows: rows,
        columns: columns.lowerBound + column..<columns.lowerBound + column + changed,
        into: memory.kept)
      rest = rest.dropFirst(rows.count * changed)
    }
  }

  /// Copies a rectangle of W, whose rows follow one another, into the transpose's panels.
  private func transpose(
    _ weights: UnsafePointer<Float>, rows: Range<Int>, columns: Range<Int>,
    into transposed: UnsafeMutablePointer<Float>
  ) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let panel = row / transposedPanels.width
      let range = transposedPanels.columns(of: panel)
      let end = min(range.upperBound, rows.upperBound)
      kernel_transpose(
        weights + (row - rows.lowerBound) * columns.count, Int64(end - row), Int64(columns.count),
        transposed + transposedPanels.offset(of: panel)
          + columns.lowerBound * range.count + (row - range.lowerBound),
        Int64(range.count))
      row = end
    }
  }
}
