import CKernels
import Files
import ImageData

/// The views of an image over which test-time augmentation averages: every combination of the
/// transforms' values.
///
/// A rotation, an enlargement and a shear have three values each, those of no change and of both
/// ends of the range; a shift has nine, three along each axis; a mirror image is one more for each.
/// The first view is the image as it is.
package struct ImageViews: Sendable {
  private let maps: [image_map]
  private let padded: PaddedImage

  /// The number of views.
  package var count: Int { maps.count }

  /// The floats of memory that a thread needs for writing one view after another.
  var scratchCount: Int { padded.count }

  /// The most views of an image.
  package static let limit = 486

  /// Lists the views.
  ///
  /// - Parameters:
  ///   - augmentation: The transforms and the ends of their ranges.
  ///   - size: The images' size.
  /// - Throws: ``TrainerError`` if there are transforms without fixed values, or a shift beyond the
  ///   image.
  package init(_ augmentation: Augmentation, size: ImageSize) throws(TrainerError) {
    if augmentation.elastic != nil || augmentation.erasing > 0 {
      throw TrainerError(
        .usage,
        "\(setting: "tta") is \(augmentation); it takes rotate, scale, shift, shear and flip, "
          + "since elastic and erase are random")
    }
    if let problem = augmentation.problem(for: size) {
      throw TrainerError(.usage, "\(setting: "tta") \(problem)")
    }
    var transforms = [SampleTransform()]
    func vary(_ path: WritableKeyPath<SampleTransform, Double>, by distance: Double) {
      if distance == 0 { return }
      transforms = transforms.flatMap { transform in
        [0, -distance, distance].map { step in
          var moved = transform
          moved[keyPath: path] += step
          return moved
        }
      }
    }
    vary(\.rotation, by: augmentation.rotation / 180)
    vary(\.scale, by: augmentation.scaling)
    vary(\.shear, by: augmentation.shear / 180)
    vary(\.shiftRight, by: augmentation.shift)
    vary(\.shiftDown, by: augmentation.shift)
    if augmentation.flips {
      transforms += transforms.map { transform in
        var mirrored = transform
        mirrored.isMirrored = true
        return mirrored
      }
    }
    maps = transforms.map { $0.map(for: size) }
    padded = PaddedImage(size)
  }

  /// Writes one view of an image; allocates no memory.
  ///
  /// - Parameters:
  ///   - view: The view, less than ``count``.
  ///   - image: The image's bytes (rows, columns, channels).
  ///   - output: The view's values from 0 to 1, (rows, columns, channels), overwritten.
  ///   - scratch: The calling thread's ``scratchCount`` floats.
  func write(
    _ view: Int, of image: UnsafePointer<UInt8>, to output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    padded.write(image, to: scratch)
    var map = maps[view]
    kernel_resample_image(&map, scratch, nil, output)
  }
}
