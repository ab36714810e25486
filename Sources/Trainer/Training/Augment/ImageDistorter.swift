import CKernels
import ImageData
import Parallel

/// Distorts training images as an augmentation says.
///
/// A distorted image is a function of the image, the seed, the sample's index and the epoch.
/// Rotation, enlargement, shear, shift and mirroring are one affine map, to which an elastic field
/// adds its displacements, so the image is sampled once.
package struct ImageDistorter: Sendable {
  private let augmentation: Augmentation
  private let size: ImageSize
  private let padded: PaddedImage
  private let seed: UInt64
  private let field: ElasticField?

  /// Prepares for images of a size.
  ///
  /// - Parameters:
  ///   - augmentation: The transforms and their ranges, all within their limits.
  ///   - size: The images' size.
  ///   - seed: The run's seed.
  package init(_ augmentation: Augmentation, size: ImageSize, seed: UInt64) {
    precondition(augmentation.isAllowed, "numbers are within their limits")
    self.augmentation = augmentation
    self.size = size
    padded = PaddedImage(size)
    self.seed = seed
    field = augmentation.elastic.map { ElasticField($0, size: size) }
  }

  /// The floats of memory that a thread needs for distorting one image after another.
  package var scratchCount: Int {
    padded.count + (field.map { $0.count + $0.scratchCount } ?? 0)
  }

  /// Distorts one image; allocates no memory.
  ///
  /// - Parameters:
  ///   - image: The image's bytes (rows, columns, channels).
  ///   - sample: The sample's index in the data set.
  ///   - epoch: The epoch's number, from 1.
  ///   - output: The distorted image's values from 0 to 1, (rows, columns, channels), overwritten.
  ///   - scratch: The calling thread's ``scratchCount`` floats.
  package func distort(
    _ image: UnsafePointer<UInt8>, sample: UInt32, epoch: UInt32,
    output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let numbers = SampleNumbers(seed: seed, sample: sample, epoch: epoch)
    padded.write(image, to: scratch)
    var map = SampleTransform(augmentation, numbers: numbers).map(for: size)
    if let field {
      let displacements = scratch + padded.count
      field.draw(numbers, field: displacements, scratch: displacements + field.count)
      kernel_resample_image(&map, scratch, displacements, output)
    } else {
      kernel_resample_image(&map, scratch, nil, output)
    }
    ErasedRectangle(probability: augmentation.erasing, size: size, numbers: numbers)?
      .erase(output, size: size)
  }
}
