import ImageData
import Model

extension ImageSize {
  /// The shape of one sample's input: rows x columns x channels.
  package var shape: Shape { Shape(rows, columns, channels) }
}

extension Architecture {
  /// The size of the images that the network takes; nil for models in older files, which have only
  /// the number of values.
  package var imageSize: ImageSize? {
    let extents = input.extents
    guard extents.count > 1 else { return nil }
    return ImageSize(
      rows: extents[0], columns: extents[1], channels: extents.count > 2 ? extents[2] : 1)
  }
}
