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
  /// Whether there is a bias; not before a batch normalization, which would remove it.
  package let hasBias: Bool
  /// Whether an earlier layer needs the input's gradient.
  package private(set) var givesInputGradient = true
  /// The initializer of the weights.
  package let initializer: Initializer
  /// The engine that computes the products.
  package let engine: Engine
  /// The panels in which W is stored.
  private let panels: Panels
  /// The panels in which W's transpose is stored, for the input's gradient.
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
  /// `y = x W + b`.
  package var formulas: [LayerFormula]? { [.linear] }
  /// The gradients have buffers of their own.
  package var isBackwardInPlace: Bool { false }
  /// The input.
  package var backwardReads: BackwardReads { .input }

  /// The engine's.
  package var unitLeaves: Int { engine.unitLeaves }

  /// Creates a linear layer.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - inputCount: Values of one sample's input.
  ///   - outputCount: Values of one sample's output.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the weights start.
  ///   - engine: What computes the products.
  package init(
    name: String, inputCount: Int, outputCount: Int, hasBias: Bool, initializer: Initializer,
    engine: Engine = .native
  ) {
    self.name = name
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.hasBias = hasBias
    self.initializer = initializer
    self.engine = engine
    panels = engine.panels(rows: inputCount, columns: outputCount)
    transposedPanels = engine.panels(rows: outputCount, columns: inputCount)
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

  /// W's transpose is kept for the native engine, whose right matrices are not transposed.
  private var keepsTranspose: Bool { engine == .native && givesInputGradient }
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
    switch engine {
    case .native:
      NativeProduct.multiply(
        m: pass.rows, pass.input, panels, pass.memory.parameters, into: pass.output)
    case .openblas:
      BLAS.multiply(
        m: pass.rows, n: outputCount, k: inputCount, pass.input, strideA: inputCount,
        pass.memory.parameters, strideB: outputCount, into: pass.output, strideC: outputCount)
    }
    if hasBias {
      kernel_add_bias(
        pass.output, pass.memory.parameters + biasOffset, Int64(pass.rows), Int64(outputCount))
    }
  }

  /// The bias's gradient is summed over the leaves; without a bias nothing is.
  package var backwardMerge: MergeRule? { hasBias ? .sum(count: outputCount) : nil }

  /// `dx = dy W^T`; db is the column sums of dy.
  package func backward(_ pass: LayerContext) {
    if let inputGradient = pass.inputGradient {
      switch engine {
      case .native:
        NativeProduct.multiply(
          m: pass.rows, pass.outputGradient, transposedPanels, pass.memory.kept,
          into: inputGradient)
      case .openblas:
        BLAS.multiply(
          m: pass.rows, n: inputCount, k: outputCount,
          pass.outputGradient, strideA: outputCount,
          pass.memory.parameters, strideB: outputCount, transposeB: true,
          into: inputGradient, strideC: inputCount)
      }
    }
    if hasBias {
      pass.forEachLeaf { leaf, rows in
        kernel_column_sums(
          pass.outputGradient + rows.lowerBound * outputCount, Int64(rows.count),
          Int64(outputCount), pass.backwardPartial(leaf))
      }
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
  package func gradientTiles() -> [GradientTile] {
    let height = partHeight
    // Neighbors in the list share their rows, that is, their columns of the input: the larger
    // operand is read from far away once.
    return stride(from: 0, to: inputCount, by: height).flatMap { row in
      (0..<panels.count).map { panel in
        let rows = row..<min(row + height, inputCount)
        let columns = panels.columns(of: panel)
        return GradientTile(
          offset: panels.offset(of: panel) + row * columns.count, rows: rows, columns: columns)
      }
    }
  }

  /// The first tile's: later ones may have fewer rows or columns.
  package var largestTileCount: Int { partHeight * panels.columns(of: 0).count }

  /// The rows of W in a tile: of nearly equal parts, an even number, which two workers share
  /// fairly.
  private var partHeight: Int {
    let fewest = (inputCount + tileHeight - 1) / tileHeight
    let parts = (fewest + 1) / 2 * 2
    return (inputCount + parts - 1) / parts
  }

  /// The most rows of W in a tile: as many as keep the tile and partial sums in the first-level or
  /// second-level cache.
  private var tileHeight: Int {
    switch engine {
    case .native: 128
    case .openblas: max(Self.tileFloats / outputCount, 16)
    }
  }

  private static let tileFloats = 1 << 16

  /// `dW = x^T dy`, for a rectangle of W.
  package func tileGradient(
    _ tile: GradientTile, pass: LayerContext, into slots: LayerContext.Slots,
    willCompute: (Range<Int>) -> Void
  ) {
    let left = pass.input + tile.rows.lowerBound
    let right = pass.outputGradient + tile.columns.lowerBound
    let columns = tile.columns.count
    switch engine {
    case .native:
      // All parts of a tile read a group of rows, whole blocks and a power of two of them, while
      // they are in the second-level cache. Small batches fit in larger groups, which have fewer
      // sums to add.
      let groupRows = (pass.rows > 1024 ? 4 : 8) * LeafPlan.blockRows
      let groups = (pass.rows + groupRows - 1) / groupRows
      PairwiseTree.stream(leafCount: groups) { group, slot in
        let start = group * groupRows
        for first in stride(from: 0, to: tile.rows.count, by: Self.partHeight) {
          let height = min(Self.partHeight, tile.rows.count - first)
          if group == groups - 1 { willCompute(first * columns..<(first + height) * columns) }
          NativeProduct.multiplyTransposed(
            m: height, n: columns, k: min(groupRows, pass.rows - start), block: LeafPlan.blockRows,
            left + first + start * inputCount, strideA: inputCount, right + start * outputCount,
            strideB: outputCount, into: slots.first + slot * slots.stride + first * columns)
        }
      } fold: { into, from, _ in
        kernel_add(
          slots.first + into * slots.stride, slots.first + from * slots.stride, Int64(tile.count))
      }
    case .openblas:
      willCompute(0..<tile.count)
      sumBlocks(rowCount: pass.rows, count: tile.count, into: slots) { rows, share, adds in
        BLAS.multiply(
          m: tile.rows.count, n: columns, k: rows.count, left + rows.lowerBound * inputCount,
          strideA: inputCount, transposeA: true, right + rows.lowerBound * outputCount,
          strideB: outputCount, into: share, strideC: columns, adds: adds)
      }
    }
  }

  /// The rows of a tile that are computed at once: a multiple of the rows that registers hold.
  private static let partHeight = 48

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
