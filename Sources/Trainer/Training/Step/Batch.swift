import ImageData
import Model

/// Pointers to the images and labels of a data set, which must outlive this value.
package struct SampleSource: @unchecked Sendable {
  /// The values of all images, (samples, pixelCount).
  package let images: UnsafePointer<UInt8>
  /// The label of each image, (samples).
  package let labels: UnsafePointer<UInt8>
  /// The number of values of one image, each one byte: a pixel counts once for each channel.
  package let pixelCount: Int

  /// Creates a source from pointers.
  ///
  /// - Parameters:
  ///   - images: The values of all images, (samples, pixelCount).
  ///   - labels: The label of each image, (samples).
  ///   - pixelCount: The number of values of one image.
  package init(images: UnsafePointer<UInt8>, labels: UnsafePointer<UInt8>, pixelCount: Int) {
    self.images = images
    self.labels = labels
    self.pixelCount = pixelCount
  }

  /// Creates a source from a set of images.
  ///
  /// - Parameter images: The set, which must outlive the source.
  package init(_ images: ImageSet) {
    self.init(
      images: images.pixels.baseAddress, labels: images.labels.baseAddress,
      pixelCount: images.valueCount)
  }
}

/// The samples of one forward and backward pass; an optimizer step has one or several batches.
package struct Batch: @unchecked Sendable {
  /// The data set with the samples.
  package let source: SampleSource
  /// The sample's index in the data set for each row, (rowCount).
  package let samples: UnsafePointer<UInt32>
  /// The number of rows, at least 1.
  package let rowCount: Int
  /// The epoch's number, from 1.
  package let epoch: UInt32

  /// Creates a batch.
  ///
  /// - Parameters:
  ///   - source: The data set with the samples.
  ///   - samples: The sample's index in the data set for each row, (rowCount). The memory must
  ///     outlive the batch.
  ///   - rowCount: The number of rows, at least 1.
  ///   - epoch: The epoch's number, from 1.
  package init(source: SampleSource, samples: UnsafePointer<UInt32>, rowCount: Int, epoch: UInt32) {
    self.source = source
    self.samples = samples
    self.rowCount = rowCount
    self.epoch = epoch
  }
}

/// The use of the gradients of a batch.
package enum GradientUse: Sendable {
  /// Update the parameters with each tile of gradients while it is in the cache.
  ///
  /// The content of the gradient buffer is then undefined.
  case update(OptimizerStep)
  /// Store the gradients in the gradient buffer, summed over the batch.
  case store
}
