import Files
import ImageData

/// All images of a source, as far as it divides them.
struct ImportedSource: Sendable {
  /// The training images, or all.
  var training: ImportedPart
  /// Images for validation; nil if there are none.
  var validation: ImportedPart?
  /// The test images; nil if the source does not tell.
  var test: ImportedPart?
  /// Notes on what was left out, as sentences.
  var notes: [String] = []

  /// Gives the images for validation their use.
  ///
  /// - Parameter request: The request.
  /// - Throws: `DataError`: `usage` if they cannot have it; `invalid` if they have another size.
  mutating func applyValidation(_ request: ImportRequest) throws(DataError) {
    guard let validation else {
      guard let use = request.validationUse else { return }
      throw DataError(
        .usage,
        "\(setting: "validation-set") is \(use.rawValue), but \(request.source) has no images for "
          + "validation")
    }
    switch request.validationUse ?? .training {
    case .training: training = try training.followed(by: validation)
    case .test:
      guard test == nil else {
        throw DataError(
          .usage,
          "\(setting: "validation-set") is test, but \(request.source) has test images, and images "
            + "for validation besides")
      }
      test = validation
    case .none: break
    }
    self.validation = nil
  }

  /// The same images in another size.
  ///
  /// - Parameter size: Rows and columns; nil for the size that they have.
  /// - Returns: The images.
  /// - Throws: `DataError`: `refused` or `stopped`.
  func resized(to size: ImageSize?) throws(DataError) -> ImportedSource {
    guard let size else { return self }
    var result = self
    result.training = try ImageResizer.resize(training, to: size)
    result.validation = try validation.map { part throws(DataError) in
      try ImageResizer.resize(part, to: size)
    }
    result.test = try test.map { part throws(DataError) in
      try ImageResizer.resize(part, to: size)
    }
    return result
  }
}
