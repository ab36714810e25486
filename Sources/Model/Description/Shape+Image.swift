extension Shape {
  /// Rows, columns and channels.
  ///
  /// - Parameters:
  ///   - layer: The text of the layer that takes them, for the message.
  ///   - advice: What the message adds.
  /// - Returns: The extents.
  /// - Throws: ``ModelShapeError`` if a sample is not an image.
  package func image(
    for layer: String, advice: String = ""
  ) throws(ModelShapeError) -> (rows: Int, columns: Int, channels: Int) {
    guard let image else {
      throw ModelShapeError(
        layer, takes: "an image of rows x columns x channels\(advice)", found: self)
    }
    return image
  }

  /// Rows, columns and channels; nil if a sample is not an image.
  package var image: (rows: Int, columns: Int, channels: Int)? {
    extents.count == 3 ? (extents[0], extents[1], extents[2]) : nil
  }
}
