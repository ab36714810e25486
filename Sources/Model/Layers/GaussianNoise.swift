import CKernels
import Parallel

/// Gaussian noise: in training `y = x + deviation n`, with a standard normal `n` for each value of
/// each sample.
///
/// The number depends on the seed, the epoch, the sample's number in the data set, the layer's
/// number and the value's place alone, as ``Dropout``'s masks do. Source: Sietsma and Dow 1991; in
/// hidden layers, Rasmus et al. 2015.
package struct GaussianNoise: Layer {
  /// The name for messages.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// The input.
  package var formulas: [LayerFormula]? { [.noise(deviation: deviation)] }
  /// The gradient stays as it is.
  package var isBackwardInPlace: Bool { true }
  /// Nothing.
  package var backwardReads: BackwardReads { [] }
  /// The noise's standard deviation.
  package let deviation: Double
  private let number: UInt32
  private let seed: UInt64

  /// Creates a noise layer.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  ///   - deviation: The noise's standard deviation, at least 0.
  ///   - number: The layer's number in the counter, different for each noise layer of a network.
  ///   - seed: The run's seed.
  package init(name: String, shape: Shape, deviation: Double, number: UInt32, seed: UInt64) {
    precondition(deviation >= 0, "a standard deviation is at least 0")
    self.name = name
    inputShape = shape
    self.deviation = deviation
    self.number = number
    self.seed = seed
  }

  /// The input and its noise.
  package func forward(_ pass: LayerContext) {
    let words = random_words(.noise, layer: number, seed: seed, epoch: pass.epoch)
    kernel_add_noise(
      pass.input, pass.output, Float(deviation), words, pass.samples, Int64(pass.rows),
      Int64(inputShape.count))
  }

  /// Nothing: the input's gradient is the output's.
  package func backward(_ pass: LayerContext) {}

  /// The input.
  package func evaluate(_ pass: EvaluationContext) {
    pass.output.update(from: pass.input, count: pass.rows * inputShape.count)
  }
}
