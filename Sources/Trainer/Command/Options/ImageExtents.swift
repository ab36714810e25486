import ArgumentParser
import ImageData

/// The size of images, as `28x28` or, with channels, `32x32x3` on the command line.
struct ImageExtents: ExpressibleByArgument, Equatable {
  let size: ImageSize

  init(_ size: ImageSize) {
    self.size = size
  }

  /// Accepts the sizes that images of a data set may have.
  init?(argument: String) {
    let extents = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard (2...3).contains(extents.count), let rows = extents[0], let columns = extents[1],
      let channels = extents.count > 2 ? extents[2] : 1
    else { return nil }
    size = ImageSize(rows: rows, columns: columns, channels: channels)
    guard size.isAllowed else { return nil }
  }

  var defaultValueDescription: String { size.compact }
}
