import ImageData

/// A request to make a data set from other files.
package struct ImportRequest: Sendable {
  /// The use of images that the source has for validation.
  package enum ValidationUse: String, CaseIterable, Sendable {
    /// They follow the training images.
    case training
    /// They are the test set, if the source has no other one.
    case test
    /// They are left out.
    case none
  }

  /// A folder of images, a CSV file or an NPZ file.
  package var source: String

  /// Where the test images are, in the same form; nil if `source` has them, or if they are chosen
  /// from it.
  package var testSource: String?

  /// The size that images must have; nil for that of the first image.
  ///
  /// It also tells the rows and columns of the values in a CSV file, which otherwise are square.
  package var size: ImageSize?

  /// The rows and columns that images are resized to; nil if they are not.
  package var resized: ImageSize?

  /// The channels that images of a folder are given, 1 or 3; nil for those that they have.
  package var channels: Int?

  /// The images that become the test set; nil for the default, if there is no other test set.
  package var testShare: TestShare?

  /// The seed of the choice of the test set; nil for 0.
  package var seed: UInt64?

  /// The use of images for validation; nil for the default, the training set.
  package var validationUse: ValidationUse?

  /// The size of the images that are made; nil if the source tells a part of it.
  var requestedSize: ImageSize? {
    guard let sides = resized ?? size, let channels = channels ?? size?.channels else {
      return nil
    }
    return ImageSize(rows: sides.rows, columns: sides.columns, channels: channels)
  }

  /// Requests a source as it is.
  ///
  /// - Parameter source: A folder of images, a CSV file or an NPZ file.
  package init(source: String) {
    self.source = source
  }
}
