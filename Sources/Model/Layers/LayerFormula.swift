/// The formula of a layer in evaluation, for programs that describe a network to others.
///
/// Tensors are those that the layer declares. Images are rows x columns x channels, channels last.
package enum LayerFormula: Sendable, Equatable {
  /// `y = x W + b` of a row of values, with `weight` (in, out) and perhaps `bias` (out).
  case linear
  /// A cross-correlation with `weight` (rows, columns, in / groups, out) and perhaps `bias` (out).
  case convolution(rows: KernelAxis, columns: KernelAxis, groups: Int)
  /// The maximum of each window.
  case maximum(PoolWindows)
  /// The mean of each window.
  case mean(PoolWindows)
  /// `gamma (x - running_mean) / sqrt(running_var + epsilon) + beta`, for each channel of an image
  /// or each value of a row.
  case batchNorm(epsilon: Float)
  /// `max(x, 0)`.
  case relu
  /// `x` if that is above 0, otherwise `slope x`.
  case leakyReLU(slope: Float)
  /// `x (1 + erf(x / sqrt 2)) / 2`.
  case gelu
  /// `x / (1 + exp(-x))`.
  case silu
  /// ``Dropout/Mode/inverted`` is `x`; ``Dropout/Mode/vanilla`` is `(1 - rate) x`.
  case dropout(rate: Double, mode: Dropout.Mode, unit: DropoutUnit)
  /// `x`; in training with noise of that standard deviation.
  case noise(deviation: Double)
  /// The sum of both inputs.
  case sum

  /// The unit that dropout drops as a whole in training.
  package enum DropoutUnit: Sendable, Equatable {
    /// Each value by itself.
    case value
    /// The values of a channel at all positions.
    case channel
  }
}
