import CKernels
import Parallel

/// Dropout: in training each unit of each sample is zero with probability `rate`.
///
/// Whether a unit is dropped depends on the seed, the epoch, the sample's number in the data set,
/// the layer's number and the unit alone; see `docs/decisions/0004-counter-generator.md`. Source:
/// Srivastava et al. 2014.
public struct Dropout: Layer {
  /// When activations are rescaled by the keep probability.
  public enum Mode: String, Sendable, CaseIterable, Codable {
    /// Kept units are divided by the keep probability in training.
    case inverted
    /// Training does not scale; evaluation multiplies by the keep probability.
    case vanilla
  }

  /// The name for messages.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// All units times the evaluation factor.
  package var formulas: [LayerFormula]? { [.dropout(rate: rate, mode: mode, unit: .value)] }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// Nothing.
  package var backwardReads: BackwardReads { [] }
  /// The probability to drop a unit.
  package let rate: Double
  /// When dropout rescales activations.
  package let mode: Mode
  /// The layer's number in the counter, different for each dropout of a network.
  package let number: UInt32
  private let seed: UInt64

  /// Creates a dropout layer.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  ///   - rate: The probability to drop, at least 0 and under 1.
  ///   - mode: When dropout rescales activations.
  ///   - number: The layer's number in the counter.
  ///   - seed: The run's seed.
  package init(
    name: String, shape: Shape, rate: Double, mode: Mode, number: UInt32, seed: UInt64
  ) {
    precondition((0..<1).contains(rate), "a dropout rate is at least 0 and under 1")
    self.name = name
    inputShape = shape
    self.rate = rate
    self.mode = mode
    self.number = number
    self.seed = seed
  }

  /// A unit is kept if its 32 random bits, as a number, are at least this.
  var threshold: UInt32 { UInt32(rate * 0x1p32) }

  /// The factor of kept units in training.
  var trainingFactor: Float { mode == .inverted ? Float(1 / (1 - rate)) : 1 }

  /// The factor of all units in evaluation.
  var evaluationFactor: Float { mode == .vanilla ? Float(1 - rate) : 1 }

  /// The random words of an epoch, which decide what is dropped.
  func randomWords(epoch: UInt32) -> random_words {
    random_words(.dropout, layer: number, seed: seed, epoch: epoch)
  }

  private func drop(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: LayerContext
  ) {
    kernel_drop(
      x, y, trainingFactor, threshold, randomWords(epoch: pass.epoch), pass.samples,
      Int64(pass.rows), Int64(inputShape.count))
  }

  /// Kept units times the training factor, 0 for the others.
  package func forward(_ pass: LayerContext) {
    drop(pass.input, pass.output, pass)
  }

  // The mask is computed again: that costs less than to store it and read it back.
  /// The same mask and factor as forward, on the gradient.
  package func backward(_ pass: LayerContext) {
    drop(pass.outputGradient, pass.outputGradient, pass)
  }

  /// All units times the evaluation factor.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_scale(
      pass.input, pass.output, evaluationFactor, Int64(pass.rows * inputShape.count))
  }
}
