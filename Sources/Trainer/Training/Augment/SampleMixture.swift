import CKernels
import ImageData

/// The sample that a training sample is mixed with in one epoch, and its share.
struct SampleMixture: Sendable, Equatable {
  /// The other sample's index in the data set.
  let partner: UInt32
  /// The other sample's share of the target: a multiple of 2^-24 from 0 to 1, so that 1 minus it is
  /// exact.
  let partnerShare: Float
  /// The rectangle that comes from the other image (CutMix); nil if all pixels are blended (mixup).
  let rectangle: PastedRectangle?

  /// The multiple of 2^-24 that is nearest to a share.
  ///
  /// - Parameter value: The share, from 0 to 1.
  /// - Returns: The multiple.
  static func share(_ value: Double) -> Float {
    Float((value * 0x1p24).rounded() * 0x1p-24)
  }

  /// Mixes two images.
  ///
  /// - Parameters:
  ///   - image: The sample's values (rows, columns, channels), changed to those of the mixture.
  ///   - other: The other sample's values.
  ///   - size: The images' size.
  func mix(
    _ image: UnsafeMutablePointer<Float>, with other: UnsafePointer<Float>, size: ImageSize
  ) {
    if let rectangle {
      rectangle.paste(other, into: image, size: size)
    } else {
      kernel_blend(image, other, Int64(size.valueCount), 1 - partnerShare, partnerShare)
    }
  }
}
