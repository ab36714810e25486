import CKernels

/// Dropout of channels: in training each channel of each sample is zero with probability `rate`, at
/// all positions.
///
/// Whether a channel is dropped is what ``Dropout`` decides for the unit of the channel's index.
/// Source: Tompson, Goroshin, Jain, LeCun and Bregler 2015.
package struct ChannelDropout: Layer {
  /// The name for messages.
  package var name: String { channels.name }
  /// One sample's image.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// All values times the evaluation factor.
  package var formulas: [LayerFormula]? {
    [.dropout(rate: channels.rate, mode: channels.mode, unit: .channel)]
  }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// Nothing.
  package var backwardReads: BackwardReads { [] }
  /// Dropout of one unit per channel, for its factors and its random words.
  let channels: Dropout

  /// Creates a dropout layer.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output: rows x columns x channels.
  ///   - rate: The probability to drop, at least 0 and under 1.
  ///   - mode: When dropout rescales activations.
  ///   - number: The layer's number in the counter, different for each dropout of a network.
  ///   - seed: The run's seed.
  package init(
    name: String, shape: Shape, rate: Double, mode: Dropout.Mode, number: UInt32, seed: UInt64
  ) {
    guard let image = shape.image else { preconditionFailure("channels are those of an image") }
    inputShape = shape
    channels = Dropout(
      name: name, shape: Shape(image.channels), rate: rate, mode: mode, number: number, seed: seed)
  }

  private func drop(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: LayerContext
  ) {
    let count = channels.inputShape.count
    kernel_drop_channels(
      x, y, channels.trainingFactor, channels.threshold, channels.randomWords(epoch: pass.epoch),
      pass.samples, Int64(pass.rows), Int64(inputShape.count / count), Int64(count))
  }

  /// Kept channels times the training factor, 0 for the others.
  package func forward(_ pass: LayerContext) {
    drop(pass.input, pass.output, pass)
  }

  /// The same mask and factor as forward, on the gradient.
  package func backward(_ pass: LayerContext) {
    drop(pass.outputGradient, pass.outputGradient, pass)
  }

  /// All values times the evaluation factor.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_scale(
      pass.input, pass.output, channels.evaluationFactor, Int64(pass.rows * inputShape.count))
  }
}
