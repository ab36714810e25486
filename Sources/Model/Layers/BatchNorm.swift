import CKernels
import Parallel

/// Batch normalisation over the rows of the whole batch, with PyTorch's conventions: the biased
/// variance normalises, the unbiased one goes into the running variance.
///
/// Source: Ioffe and Szegedy 2015; shards' moments merge by Chan, Golub and LeVeque 1979.
public struct BatchNorm: Layer {
  public let name: String
  /// Columns.
  public let featureCount: Int
  /// The weight of the newest batch in the running statistics.
  public static let momentum = 0.1
  /// Added to the variance under the root.
  public static let epsilon: Float = 1e-5

  public var inputShape: Shape { Shape(featureCount) }
  public var outputShape: Shape { Shape(featureCount) }
  public var isBackwardInPlace: Bool { true }

  /// Creates a batch normalisation.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - featureCount: Columns.
  public init(name: String, featureCount: Int) {
    self.name = name
    self.featureCount = featureCount
  }

  public var parameters: [TensorDeclaration] {
    [
      TensorDeclaration("gamma", shape: [featureCount], start: .ones),
      TensorDeclaration("beta", shape: [featureCount], start: .zeros),
    ]
  }

  public var statistics: [TensorDeclaration] {
    [
      TensorDeclaration("running_mean", shape: [featureCount], start: .zeros),
      TensorDeclaration("running_var", shape: [featureCount], start: .ones),
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
  public var keptCount: Int { Kept.allCases.count * stride }

  /// A kept vector (featureCount).
  func kept(_ vector: Kept, _ memory: LayerMemory) -> UnsafeMutablePointer<Float> {
    memory.kept + vector.rawValue * stride
  }

  public var forwardMerge: MergeRule? { .moments(features: featureCount) }

  public func forward(_ pass: ShardPass) {
    kernel_column_moments(
      pass.input, Int64(pass.rows), Int64(featureCount), pass.forwardPartial,
      pass.forwardPartial + featureCount)
  }

  public func mergedForward(
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

  public func prepareEvaluation(_ memory: LayerMemory) {
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

  public func finishForward(_ pass: ShardPass) {
    kernel_scale_shift(
      pass.input, kept(.scale, pass.memory), kept(.shift, pass.memory), Int64(pass.rows),
      Int64(featureCount), pass.output)
  }

  public func evaluate(_ pass: ShardPass) {
    finishForward(pass)
  }

  public var backwardMerge: MergeRule? { .sum(count: 2 * featureCount) }
  public var finishesBackward: Bool { true }

  public func backward(_ pass: ShardPass) {
    kernel_batch_norm_backward_sums(
      pass.outputGradient, pass.input, kept(.mean, pass.memory),
      kept(.inverseDeviation, pass.memory), Int64(pass.rows), Int64(featureCount),
      pass.backwardPartial, pass.backwardPartial + featureCount)
  }

  public func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    let gammaGradient = memory.gradients
    let betaGradient = memory.gradients + stride
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

  public func finishBackward(_ pass: ShardPass) {
    kernel_batch_norm_backward(
      pass.outputGradient, pass.input, kept(.mean, pass.memory), kept(.scale, pass.memory),
      kept(.meanGradient, pass.memory), kept(.slope, pass.memory), Int64(pass.rows),
      Int64(featureCount))
  }
}
