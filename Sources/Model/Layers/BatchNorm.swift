import CKernels
import Parallel

/// Batch normalisation over the rows of the whole batch, with PyTorch's conventions: the biased
/// variance normalises, the unbiased one goes into the running variance.
///
/// Source: Ioffe and Szegedy 2015; leaves' moments merge by Chan, Golub and LeVeque 1979.
package struct BatchNorm: ForwardMerging, BackwardFinishing {
  /// The name that tensors and messages start with.
  package let name: String
  /// The number of features.
  package let featureCount: Int
  /// The weight of the newest batch in the running statistics.
  package static let momentum = 0.1
  /// Added to the variance under the root.
  package static let epsilon: Float = 1e-5

  /// One sample's input.
  package var inputShape: Shape { Shape(featureCount) }
  /// One sample's output.
  package var outputShape: Shape { Shape(featureCount) }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }

  /// Creates a batch normalisation.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - featureCount: The number of features.
  package init(name: String, featureCount: Int) {
    self.name = name
    self.featureCount = featureCount
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
  package var forwardMerge: MergeRule { .moments(features: featureCount) }

  /// Computes the moments of each leaf, to be merged.
  package func forward(_ pass: LayerContext) {
    pass.forEachLeaf { leaf, rows in
      let moments = pass.forwardPartial(leaf)
      kernel_column_moments(
        pass.input + rows.lowerBound * featureCount, Int64(rows.count), Int64(featureCount),
        moments, moments + featureCount)
    }
  }

  /// Takes mean and variance, and moves the running ones.
  package func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    let runningMean = memory.statistics
    let runningVariance = memory.statistics + stride
    let old = Float(1 - Self.momentum)
    let new = Float(Self.momentum)
    for c in columns {
      let mean = merged[c]
      let m2 = merged[featureCount + c]
      normalise(column: c, mean: mean, variance: m2 / Float(batchRows), memory: memory)
      runningMean[c] = old * runningMean[c] + new * mean
      runningVariance[c] = old * runningVariance[c] + new * (m2 / Float(batchRows - 1))
    }
  }

  /// Takes the running mean and variance.
  package func prepareEvaluation(_ memory: LayerMemory) {
    for c in 0..<featureCount {
      normalise(
        column: c, mean: memory.statistics[c], variance: memory.statistics[stride + c],
        memory: memory)
    }
  }

  private func normalise(column c: Int, mean: Float, variance: Float, memory: LayerMemory) {
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
      pass.input, kept(.scale, pass.memory), kept(.shift, pass.memory), Int64(pass.rows),
      Int64(featureCount), pass.output)
  }

  /// The column sums of dy, and of dy times the normalised input.
  package var backwardMerge: MergeRule? { .sum(count: 2 * featureCount) }

  /// Computes the sums of each leaf, to be merged.
  package func backward(_ pass: LayerContext) {
    pass.forEachLeaf { leaf, rows in
      let first = rows.lowerBound * featureCount
      let sums = pass.backwardPartial(leaf)
      kernel_batch_norm_backward_sums(
        pass.outputGradient + first, pass.input + first, kept(.mean, pass.memory),
        kept(.inverseDeviation, pass.memory), Int64(rows.count), Int64(featureCount), sums,
        sums + featureCount)
    }
  }

  /// Writes the gradients of gamma and beta.
  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    let gammaGradient = gradients
    let betaGradient = gradients + stride
    for column in columns {
      if column < featureCount {
        betaGradient[column] = merged[column]
        kept(.meanGradient, memory)[column] = merged[column] / Float(batchRows)
      } else {
        let c = column - featureCount
        gammaGradient[c] = merged[column]
        kept(.slope, memory)[c] =
          merged[column] * kept(.inverseDeviation, memory)[c] / Float(batchRows)
      }
    }
  }

  /// `dx = gamma / deviation (dy - mean(dy) - xhat mean(dy xhat))`.
  package func finishBackward(_ pass: LayerContext) {
    kernel_batch_norm_backward(
      pass.outputGradient, pass.input, kept(.mean, pass.memory), kept(.scale, pass.memory),
      kept(.meanGradient, pass.memory), kept(.slope, pass.memory), Int64(pass.rows),
      Int64(featureCount))
  }
}
