import CKernels

/// The windows that a pool moves over an image: all that lie within it.
///
/// The first one is in the upper left corner. Remaining rows and columns at the bottom and right,
/// too few for another window, are ignored.
package struct PoolWindows: Sendable, Equatable {
  /// The image: rows x columns x channels.
  package let image: Shape
  /// The rows of a window.
  package let rows: Int
  /// The columns of a window.
  package let columns: Int
  /// The distance from a window to the next one, in rows and in columns.
  package let stride: Int
  /// The windows down and across, and the image's channels.
  package let outputShape: Shape

  /// Creates windows.
  ///
  /// - Parameters:
  ///   - image: The image, not smaller than a window.
  ///   - rows: The rows of a window, at least 1.
  ///   - columns: The columns of a window, at least 1.
  ///   - stride: How far a window is from the next one, at least 1.
  package init(image: Shape, rows: Int, columns: Int, stride: Int) {
    precondition(
      image.extents.count == 3 && (1...image.extents[0]).contains(rows)
        && (1...image.extents[1]).contains(columns) && stride >= 1,
      "a pool's windows lie within an image")
    self.image = image
    self.rows = rows
    self.columns = columns
    self.stride = stride
    outputShape = Shape(
      (image.extents[0] - rows) / stride + 1, (image.extents[1] - columns) / stride + 1,
      image.extents[2])
  }

  /// A single window, which is the whole image.
  ///
  /// - Parameter image: The image.
  /// - Returns: The window.
  package static func whole(image: Shape) -> PoolWindows {
    let (rows, columns) = (image.extents[0], image.extents[1])
    return PoolWindows(image: image, rows: rows, columns: columns, stride: max(rows, columns))
  }

  /// Whether there is a single window, which is the whole image.
  package var coversImage: Bool { rows == image.extents[0] && columns == image.extents[1] }

  /// The windows as the kernels take them.
  var kernelArgument: pool {
    pool(
      image_rows: Int64(image.extents[0]), image_columns: Int64(image.extents[1]),
      channels: Int64(image.extents[2]), window_rows: Int64(rows), window_columns: Int64(columns),
      step: Int64(stride))
  }
}
