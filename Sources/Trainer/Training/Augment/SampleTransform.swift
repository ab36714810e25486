import CKernels
import ImageData
import Model

/// A sample's rotation, enlargement, shear and shift, and whether it is mirrored.
///
/// The image is mirrored left to right, sheared along its rows, enlarged and rotated
/// counter-clockwise, each about its center, and then shifted.
struct SampleTransform: Sendable, Equatable {
  /// The angle of the rotation, in half turns.
  var rotation = 0.0
  /// The factor of the enlargement.
  var scale = 1.0
  /// The angle of the shear, in half turns: lower rows move to the right.
  var shear = 0.0
  /// The distance by which the image is moved to the right, in pixels.
  var shiftRight = 0.0
  /// The distance by which the image is moved down, in pixels.
  var shiftDown = 0.0
  /// Whether the image is mirrored.
  var isMirrored = false

  /// Creates a transform that changes nothing.
  init() {}

  /// Draws a sample's transform.
  ///
  /// - Parameters:
  ///   - augmentation: The ranges.
  ///   - numbers: The sample's random numbers.
  init(_ augmentation: Augmentation, numbers: SampleNumbers) {
    if augmentation.rotation > 0 {
      rotation = augmentation.rotation / 180 * numbers.symmetric(.rotate)
    }
    if augmentation.scaling > 0 { scale = 1 + augmentation.scaling * numbers.symmetric(.scale) }
    if augmentation.shear > 0 { shear = augmentation.shear / 180 * numbers.symmetric(.shear) }
    if augmentation.shift > 0 {
      var stream = numbers.stream(.shift)
      shiftRight = augmentation.shift * stream.nextSymmetric()
      shiftDown = augmentation.shift * stream.nextSymmetric()
    }
    if augmentation.flips { isMirrored = numbers.symmetric(.flip) < 0 }
  }

  /// Where each pixel of the transformed image comes from: the inverse of the transform.
  ///
  /// Sine and cosine are this project's own, so that the map has the same bits on every CPU.
  ///
  /// - Parameter size: The images' size.
  /// - Returns: The map, in coordinates of pixels.
  func map(for size: ImageSize) -> image_map {
    // sin(pi x) = cos(pi (x - 1/2))
    let (cosine, sine) = (cosineOfHalfTurns(rotation), cosineOfHalfTurns(rotation - 0.5))
    let tangent = cosineOfHalfTurns(shear - 0.5) / cosineOfHalfTurns(shear)
    let (yx, yy) = (sine / scale, cosine / scale)
    let sign = isMirrored ? -1.0 : 1
    let (xx, xy) = (sign * (yy - tangent * yx), sign * (-yx - tangent * yy))
    return image_map(
      rows: Int64(size.rows), columns: Int64(size.columns), channels: Int64(size.channels),
      xx: Float(xx), xy: Float(xy),
      x0: Float(Double(size.columns - 1) / 2 - (xx * shiftRight + xy * shiftDown)), yx: Float(yx),
      yy: Float(yy), y0: Float(Double(size.rows - 1) / 2 - (yx * shiftRight + yy * shiftDown)))
  }
}
