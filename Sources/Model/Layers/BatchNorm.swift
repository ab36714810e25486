import CKernels
import Parallel

/// Batch normalization over the rows of the whole batch, and of images also over their positions,
/// with PyTorch's conventions: the biased variance normalizes, the unbiased one goes into the
/// running variance.
///
/// Source: Ioffe and Szegedy 2015; leaves' moments merge by Chan, Golub and LeVeque 1979.
package struct BatchNorm: ForwardMerging, BackwardFinishing {
  /// The name that tensors and messages start with.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// The number of features: the units of a vector, the channels of an image.
  package let featureCount: Int
  /// The number of values of each feature in a sample.
  package let positions: Int
  /// The weight of the newest batch in the running statistics of training.
  package static let momentum = 0.1
  /// Added to the variance under the root.
  package static let epsilon: Float = 1e-5

  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// Normalization by the running statistics.
  package var formulas: [LayerFormula]? { [.batchNorm(epsilon: Self.epsilon)] }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// The input.
  package var backwardReads: BackwardReads { .input }

  /// Creates a batch normalization.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - shape: One sample's input; its last extent is the number of features.
  package init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
    featureCount = shape.extents.last ?? 1
    positions = shape.count / featureCount
  }

  /// gamma and beta, one value of each per column.
  package var parameters: [TensorDeclaration] {
    [
      TensorDeclaration("gamma", shape: [featureCount], initializer: .ones),
      TensorDeclaration("beta", shape: [featureCount], initializer: .zeros),
    ]
  }

  /// The running mean and the running, unbiased variance of each column.
  package var statistics: [TensorDeclaration] {
    [
      TensorDeclaration("running_mean", shape: [featureCount], initializer: .zeros),
      TensorDeclaration("running_var", shape: [featureCount], initializer: .ones),
    ]
  }

  /// The vectors that the layer keeps for the batch, each of `featureCount` floats.
  enum Kept: Int, CaseIterable {
    case mean, inverseDeviation
    /// gamma / deviation, and beta - mean * scale: the output is x * scale + shift.
    case scale, shift
    /// The backward sums over the batch, divided by its rows; the second times 1 / deviation.
    case meanGradient, slope
  }

  private var stride: Int { paddedCount(featureCount) }
  /// Six vectors with one value per column.
  package var keptCount: Int { Kept.allCases.count * stride }

  /// A kept vector (featureCount).
  func kept(_ vector: Kept, _ memory: LayerMemory) -> UnsafeMutablePointer<Float> {
    memory.kept + vector.rawValue * stride
  }

  /// The mean and the sum of squared deviations of each column.
  package var forwardMerge: MergeRule { .moments(features: featureCount, positions: positions) }

  /// Computes the moments of each leaf, to be merged.
  package func forward(_ pass: LayerContext) {
    pass.forEachLeaf { leaf, rows in
      forEachSum(of: rows, into: pass.forwardPartial(leaf), pass) { rows, moments in
        kernel_column_moments(
          pass.input + rows.lowerBound * inputShape.count, Int64(rows.count * positions),
          Int64(featureCount), moments, moments + featureCount)
      } merge: { into, rows, from, otherRows in
        kernel_merge_moments(
          into, into + featureCount, Float(rows * positions), from, from + featureCount,
          Float(otherRows * positions), Int64(featureCount))
      }
    }
  }

  /// Computes the partial result of a leaf: of vectors at once, of images one by one, merged in
  /// pairs, so that no sequential sum is long.
  @inline(__always)
  func forEachSum(
    of rows: Range<Int>, into partial: UnsafeMutablePointer<Float>, _ pass: LayerContext,
    compute: (_ rows: Range<Int>, _ into: UnsafeMutablePointer<Float>) -> Void,
    merge: (
      _ into: UnsafeMutablePointer<Float>, _ rows: Int, _ from: UnsafeMutablePointer<Float>,
      _ otherRows: Int
    ) -> Void
  ) {
    if positions == 1 {
      compute(rows, partial)
      return
    }
    func slot(_ image: Int) -> UnsafeMutablePointer<Float> {
      image == 0 ? partial : pass.scratch + (image - 1) * imageStride
    }
    for image in 0..<rows.count {
      compute(rows.lowerBound + image..<rows.lowerBound + image + 1, slot(image))
    }
    PairwiseTree.merge(leafCount: rows.count) { into, from in
      merge(slot(into), from - into, slot(from), min(from - into, rows.count - from))
    }
  }

  private var imageStride: Int { paddedCount(2 * featureCount) }
  /// The partial results of all images of a leaf but the first.
  package var scratchCount: Int { positions == 1 ? 0 : (LeafPlan.leafRows - 1) * imageStride }

  /// Takes mean and variance, and moves the running ones.
  package func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    let runningMean = memory.statistics
    let runningVariance = memory.statistics + stride
    let count = batchRows * positions
    let old = Float(1 - memory.statisticsWeight)
    let new = Float(memory.statisticsWeight)
    for c in columns {
      let mean = merged[c]
      let m2 = merged[featureCount + c]
      normalize(column: c, mean: mean, variance: m2 / Float(count), memory: memory)
      runningMean[c] = old * runningMean[c] + new * mean
      runningVariance[c] = old * runningVariance[c] + new * (m2 / Float(count - 1))
    }
  }

  /// Takes the running mean and variance.
  package func prepareEvaluation(_ memory: LayerMemory) {
    for c in 0..<featureCount {
      normalize(
        column: c, mean: memory.statistics[c], variance: memory.statistics[stride + c],
        memory: memory)
    }
  }

  private func normalize(column c: Int, mean: Float, variance: Float, memory: LayerMemory) {
    let inverseDeviation = 1 / (variance + Self.epsilon).squareRoot()
    let scale = memory.parameters[c] * inverseDeviation
    kept(.mean, memory)[c] = mean
    kept(.inverseDeviation, memory)[c] = inverseDeviation
    kept(.scale, memory)[c] = scale
    kept(.shift, memory)[c] = memory.parameters[stride + c] - mean * scale
  }

  /// `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`.
  package func finishForward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same, with the running mean and variance.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_scale_shift(
      pass.input, kept(.scale, pass.memory), kept(.shift, pass.memory),
      Int64(pass.rows * positions), Int64(featureCount), pass.output)
  }

  /// The column sums of dy, and of dy times the normalized input.
  package var backwardMerge: MergeRule? { .sum(count: 2 * featureCount) }

  /// Computes the sums of each leaf, to be merged.
  package func backward(_ pass: LayerContext) {
    pass.forEachLeaf { leaf, rows in
      forEachSum(of: rows, into: pass.backwardPartial(leaf), pass) { rows, sums in
        let first = rows.lowerBound * inputShape.count
        kernel_batch_norm_backward_sums(
          pass.outputGradient + first, pass.input + first, kept(.mean, pass.memory),
          kept(.inverseDeviation, pass.memory), Int64(rows.count * positions), Int64(featureCount),
          sums, sums + featureCount)
      } merge: { into, _, from, _ in
        kernel_add(into, from, Int64(2 * featureCount))
      }
    }
  }

  /// Writes the gradients of gamma and beta.
  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    let gammaGradient = gradients
    let betaGradient = gradients + stride
    let count = Float(batchRows * positions)
    for column in columns {
      if column < featureCount {
        betaGradient[column] = merged[column]
        kept(.meanGradient, memory)[column] = merged[column] / count
      } else {
        let c = column - featureCount
        gammaGradient[c] = merged[column]
        kept(.slope, memory)[c] =
          merged[column] * kept(.inverseDeviation, memory)[c] / count
      }
    }
  }

  /// `dx = gamma / deviation (dy - mean(dy) - xhat mean(dy xhat))`.
  package func finishBackward(_ pass: LayerContext) {
    kernel_batch_norm_backward(
      pass.outputGradient, pass.input, kept(.mean, pass.memory), kept(.scale, pass.memory),
      kept(.meanGradient, pass.memory), kept(.slope, pass.memory),
      Int64(pass.rows * positions), Int64(featureCount))
  }
}
