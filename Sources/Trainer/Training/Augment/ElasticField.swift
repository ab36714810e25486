import CKernels
import ImageData
import Model
import Parallel

/// The displacement fields of an elastic distortion: noise smoothed by a Gaussian.
///
/// Source: Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied
/// to visual document analysis", ICDAR 2003.
struct ElasticField: Sendable {
  /// The Gaussian is cut off so many standard deviations away, where less than 0.3 % of it are
  /// left.
  private static let extent = 3.0

  private let alpha: Float
  private let size: ImageSize
  private let weights: AlignedBuffer<Float>

  /// Computes the weights of the Gaussian.
  ///
  /// - Parameters:
  ///   - elastic: What is multiplied, and smoothed by what.
  ///   - size: The images' size.
  init(_ elastic: Augmentation.Elastic, size: ImageSize) {
    alpha = Float(elastic.alpha)
    self.size = size
    let values = Self.weights(sigma: elastic.sigma)
    weights = AlignedBuffer(count: values.count)
    _ = weights.elements.update(fromContentsOf: values)
  }

  /// The Gaussian's weights for a pixel itself, then for those 1, 2, … pixels away; over both sides
  /// their sum is 1.
  ///
  /// - Parameter sigma: The standard deviation, in pixels, above 0.
  /// - Returns: The weights.
  static func weights(sigma: Double) -> [Float] {
    let radius = Int((extent * sigma).rounded(.up))
    let values = (0...radius).map { distance in
      let ratio = Double(distance) / sigma
      return exponential(-0.5 * ratio * ratio)
    }
    let sum = values.dropFirst().reduce(values[0]) { $0 + 2 * $1 }
    return values.map { Float($0 / sum) }
  }

  private var radius: Int { weights.count - 1 }

  /// The floats of a row of the field.
  private var stride: Int {
    let lanes = FIELD_LANES
    return (size.columns + lanes - 1) / lanes * lanes
  }

  /// The floats of a field.
  var count: Int { 2 * size.rows * stride }

  /// The floats that computing a field needs besides.
  var scratchCount: Int {
    let noise = (2 * size.rows * size.columns + 63) / 64 * 64
    return noise + stride + 2 * radius + (size.rows + 2 * radius) * stride
  }

  /// Computes a sample's field.
  ///
  /// - Parameters:
  ///   - numbers: The sample's random numbers.
  ///   - field: The displacements (2, rows, stride), overwritten.
  ///   - scratch: ``scratchCount`` floats.
  func draw(
    _ numbers: SampleNumbers, field: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    var shape = displacement_field(
      rows: Int64(size.rows), columns: Int64(size.columns), weights: weights.pointer,
      radius: Int64(radius), alpha: alpha)
    kernel_displace(&shape, numbers.words(.elastic), numbers.sample, scratch, field)
  }
}
