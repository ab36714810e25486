import CKernels
import Parallel

/// A convolution of images, channels last, with a square kernel.
///
/// `y[r][c][o]` is `b[o]` and the sum over i, j and k of
/// `x[r * step + i - before][c * step + j - before][k] W[i][j][k][o]`.
/// It is a cross-correlation, as PyTorch's `Conv2d`. W is (size, size, in / groups, out), b (out)
/// is optional. With several groups, an output sees only the input channels of its group.
package struct Convolution: BackwardMerging, CachesParameters, TransformsParameters {
  /// The name that tensors and messages start with.
  package let name: String
  /// How the kernel lies along the rows.
  package let rows: KernelAxis
  /// How the kernel lies along the columns.
  package let columns: KernelAxis
  /// The channels of the input.
  package let inputChannels: Int
  /// The channels of the output.
  package let outputChannels: Int
  /// The number of groups, which divides both.
  package let groups: Int
  /// Whether there is a bias; not before a batch normalization, which would remove it.
  package let hasBias: Bool
  /// Rows x columns x channels.
  package let inputShape: Shape
  /// Rows x columns x channels.
  package let outputShape: Shape
  /// Whether an earlier layer needs the input's gradient.
  package private(set) var givesInputGradient = true
  /// The initializer of the weights.
  package let initializer: Initializer
  /// The engine that computes the products.
  package let engine: Engine
  /// The panels in which W is stored, as a matrix (size * size * in / groups, out).
  ///
  /// Each panel is in one group.
  let panels: Panels
  /// The transposed and turned weights, for the native engine's input gradient.
  let turned: TurnedKernel
  /// The native engine's method for the output and the weights' gradient; nil for the direct one.
  let winograd: WinogradConvolution?
  /// The native engine's method for the input's gradient; nil for the direct one.
  private(set) var gradientWinograd: WinogradConvolution?

  /// Creates a convolution.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - rows: How the kernel lies along the rows.
  ///   - columns: How the kernel lies along the columns; of the same size.
  ///   - inputChannels: The channels of the input.
  ///   - outputChannels: The channels of the output.
  ///   - groups: The number of groups, which divides both.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the weights start.
  ///   - engine: What computes the products.
  package init(
    name: String, rows: KernelAxis, columns: KernelAxis, inputChannels: Int, outputChannels: Int,
    groups: Int = 1, hasBias: Bool, initializer: Initializer, engine: Engine = .native
  ) {
    precondition(
      inputChannels.isMultiple(of: groups) && outputChannels.isMultiple(of: groups),
      "the groups divide the channels")
    self.name = name
    self.rows = rows
    self.columns = columns
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.hasBias = hasBias
    self.initializer = initializer
    self.engine = engine
    inputShape = Shape(rows.inputCount, columns.inputCount, inputChannels)
    outputShape = Shape(rows.outputCount, columns.outputCount, outputChannels)
    let depth = rows.size * columns.size * inputChannels / groups
    if groups == 1 {
      panels = engine.panels(rows: depth, columns: outputChannels)
    } else {
      let outputs = outputChannels / groups
      let widest = engine == .native ? Int(PRODUCT_PANEL) : outputs
      let width = (1...min(widest, outputs)).last { outputs.isMultiple(of: $0) } ?? 1
      panels = Panels(rows: depth, columns: outputChannels, width: width)
    }
    turned = TurnedKernel(
      rows: rows, columns: columns, inputs: inputChannels / groups,
      outputs: outputChannels / groups)
    let isDense = engine == .native && groups == 1
    winograd =
      isDense
      ? WinogradConvolution(
        rows: rows, columns: columns, inputs: inputChannels, outputs: outputChannels) : nil
    gradientWinograd =
      isDense
      ? WinogradConvolution(
        gradientOf: rows, columns, inputs: inputChannels, outputs: outputChannels) : nil
  }

  /// Computes no input gradient, and so keeps no turned weights.
  package func withoutInputGradient() -> Convolution {
    var layer = self
    layer.givesInputGradient = false
    layer.gradientWinograd = nil
    return layer
  }

  /// The cross-correlation.
  package var formulas: [LayerFormula]? {
    [.convolution(rows: rows, columns: columns, groups: groups)]
  }
  /// The gradients have buffers of their own.
  package var isBackwardInPlace: Bool { false }
  /// The input.
  package var backwardReads: BackwardReads { .input }

  /// The input channels of a group.
  var groupInputs: Int { inputChannels / groups }
  /// The output channels of a group.
  var groupOutputs: Int { outputChannels / groups }
  /// The positions of the output.
  var positions: Int { rows.outputCount * columns.outputCount }
  /// The values of W.
  var weightCount: Int { panels.rows * outputChannels }
  var biasOffset: Int { paddedCount(weightCount) }

  /// A sum of products per output value forward, and as many operations for each gradient.
  package var operations: LayerOperations {
    let products = 2 * positions * weightCount
    return LayerOperations(
      forward: products, inputGradient: givesInputGradient ? products : 0,
      parameterGradients: products)
  }

  /// Winograd's filtering has fewer products.
  package var executedOperations: LayerOperations {
    var executed = operations
    if let winograd {
      executed.forward = 2 * winograd.products
      executed.parameterGradients = 2 * winograd.products
    }
    if let gradientWinograd { executed.inputGradient = 2 * gradientWinograd.products }
    return executed
  }

  /// W (size, size, in / groups, out), and b (out) if there is one.
  package var parameters: [TensorDeclaration] {
    let weight = TensorDeclaration(
      "weight", shape: [rows.size, columns.size, groupInputs, outputChannels],
      initializer: initializer, decays: true, panels: panels)
    let bias = TensorDeclaration("bias", shape: [outputChannels], initializer: .zeros)
    return hasBias ? [weight, bias] : [weight]
  }

  /// What the engine needs, and the gradients that wait for their neighbor in the pairwise tree.
  package var scratchCount: Int {
    let chains = chainCount(images: LeafPlan.leafRows)
    return engineScratchCount + (PairwiseTree.slotCount(leafCount: chains) - 1) * partialStride
  }

  private var engineScratchCount: Int {
    switch engine {
    case .native: nativeScratchCount
    case .openblas: windowScratchCount
    }
  }

  /// The convolution.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    switch engine {
    case .native: nativeForward(pass)
    case .openblas: windowForward(pass)
    }
    if hasBias {
      kernel_add_bias(
        pass.output, pass.memory.parameters + biasOffset, Int64(pass.rows * positions),
        Int64(outputChannels))
    }
  }

  /// The gradients of W and b of one leaf, one after the other.
  private var partialCount: Int { weightCount + (hasBias ? outputChannels : 0) }
  private var partialStride: Int { paddedCount(partialCount) }

  /// The gradients of W and b are summed over the leaves.
  package var backwardMerge: MergeRule? { .sum(count: partialCount) }

  /// dW and db of each leaf: sums over the positions of its chains, in the pairwise tree; and dx.
  package func backward(_ pass: LayerContext) {
    let waiting = pass.scratch + engineScratchCount
    pass.forEachLeaf { leaf, rows in
      let partial = pass.backwardPartial(leaf)
      func slot(_ index: Int) -> UnsafeMutablePointer<Float> {
        index == 0 ? partial : waiting + (index - 1) * partialStride
      }
      PairwiseTree.stream(leafCount: chainCount(images: rows.count)) { index, slotIndex in
        parameterGradients(pass, chain(index, ofImages: rows), into: slot(slotIndex))
      } fold: { into, from, _ in
        kernel_add(slot(into), slot(from), Int64(partialCount))
      }
    }
    guard let inputGradient = pass.inputGradient else { return }
    switch engine {
    case .native: nativeInputGradient(pass, into: inputGradient)
    case .openblas: windowInputGradient(pass, into: inputGradient)
    }
  }

  private func parameterGradients(
    _ pass: LayerContext, _ chain: Chain, into destination: UnsafeMutablePointer<Float>
  ) {
    switch engine {
    case .native: nativeWeightGradient(pass, chain, into: destination)
    case .openblas:
      windowWeightGradient(pass, image: chain.images.lowerBound, into: destination)
    }
    if hasBias {
      let start = chain.images.lowerBound * rows.outputCount
      let outputs = chain.outputRows
      kernel_column_sums(
        pass.outputGradient + (start + outputs.lowerBound) * columns.outputCount * outputChannels,
        Int64(outputs.count * columns.outputCount), Int64(outputChannels),
        destination + weightCount)
    }
  }

  /// Writes the gradients of W and b.
  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    let weights = columns.clamped(to: 0..<weightCount)
    (gradients + weights.lowerBound).update(from: merged + weights.lowerBound, count: weights.count)
    let bias = columns.clamped(to: weightCount..<partialCount)
    (gradients + biasOffset + bias.lowerBound - weightCount)
      .update(from: merged + bias.lowerBound, count: bias.count)
  }
}
