import Model

/// Images and labels in memory, as a step reads them.
public struct SampleSource: @unchecked Sendable {
  /// Bytes of the images, one image after another.
  public let images: UnsafePointer<UInt8>
  /// One label an image.
  public let labels: UnsafePointer<UInt8>
  /// Bytes of one image.
  public let pixelCount: Int

  /// Points at samples that live as long as this is used.
  ///
  /// - Parameters:
  ///   - images: Bytes of the images, one image after another.
  ///   - labels: One label an image.
  ///   - pixelCount: Bytes of one image.
  public init(images: UnsafePointer<UInt8>, labels: UnsafePointer<UInt8>, pixelCount: Int) {
    self.images = images
    self.labels = labels
    self.pixelCount = pixelCount
  }
}

/// The samples of one forward and backward pass: an optimizer step has one batch or several.
public struct Batch: @unchecked Sendable {
  /// Where the samples are.
  public let source: SampleSource
  /// The sample number of each row.
  public let samples: UnsafePointer<UInt32>
  /// How many rows there are, at least 1.
  public let rowCount: Int
  /// The epoch, from 1.
  public let epoch: UInt32

  /// Names the samples of a step.
  ///
  /// - Parameters:
  ///   - source: Where the samples are.
  ///   - samples: The sample number of each row.
  ///   - rowCount: How many rows there are.
  ///   - epoch: The epoch, from 1.
  public init(source: SampleSource, samples: UnsafePointer<UInt32>, rowCount: Int, epoch: UInt32) {
    self.source = source
    self.samples = samples
    self.rowCount = rowCount
    self.epoch = epoch
  }
}

/// What becomes of a step's gradients.
public enum GradientUse: Sendable {
  /// The optimizer uses each tile while it is in cache; the gradient buffer is not written, or,
  /// where there are other ranks, with partial sums.
  case update(OptimizerStep)
  /// They are left in the gradient buffer, summed over the batch.
  case store
}
