import ImageData
import Model

/// Images and labels in memory, as a step reads them.
package struct SampleSource: @unchecked Sendable {
  /// Bytes of the images, one image after another.
  package let images: UnsafePointer<UInt8>
  /// One label an image.
  package let labels: UnsafePointer<UInt8>
  /// Bytes of one image.
  package let pixelCount: Int

  /// Points at samples that live as long as this is used.
  ///
  /// - Parameters:
  ///   - images: Bytes of the images, one image after another.
  ///   - labels: One label an image.
  ///   - pixelCount: Bytes of one image.
  package init(images: UnsafePointer<UInt8>, labels: UnsafePointer<UInt8>, pixelCount: Int) {
    self.images = images
    self.labels = labels
    self.pixelCount = pixelCount
  }

  /// Points at a set of images, which has to live as long.
  ///
  /// - Parameter images: The set.
  package init(_ images: ImageSet) {
    self.init(
      images: images.pixels.baseAddress, labels: images.labels.baseAddress,
      pixelCount: images.pixelCount)
  }
}

/// The samples of one forward and backward pass: an optimizer step has one batch or several.
package struct Batch: @unchecked Sendable {
  /// Where the samples are.
  package let source: SampleSource
  /// The sample number of each row.
  package let samples: UnsafePointer<UInt32>
  /// How many rows there are, at least 1.
  package let rowCount: Int
  /// The epoch, from 1.
  package let epoch: UInt32

  /// Names the samples of a step.
  ///
  /// - Parameters:
  ///   - source: Where the samples are.
  ///   - samples: The sample number of each row.
  ///   - rowCount: How many rows there are.
  ///   - epoch: The epoch, from 1.
  package init(source: SampleSource, samples: UnsafePointer<UInt32>, rowCount: Int, epoch: UInt32) {
    self.source = source
    self.samples = samples
    self.rowCount = rowCount
    self.epoch = epoch
  }
}

/// What becomes of a step's gradients.
package enum GradientUse: Sendable {
  /// The optimizer uses each tile while it is in cache; the gradient buffer is not written, or,
  /// where there are other ranks, with partial sums.
  case update(OptimizerStep)
  /// They are left in the gradient buffer, summed over the batch.
  case store
}
