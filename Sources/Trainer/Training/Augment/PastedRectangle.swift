import ImageData
import Parallel

/// A rectangle that CutMix takes from another image: the part of it within the image.
///
/// Source: Yun, Han, Oh, Chun, Choe and Yoo, "CutMix: regularization strategy to train strong
/// classifiers with localizable features", ICCV 2019. Its sides are those of the image times the
/// root of its share of the area, rounded; its center is a pixel of the image; what lies beyond the
/// border is cut off.
struct PastedRectangle: Sendable, Equatable {
  /// Its rows in the image; none if it is smaller than a pixel.
  let rows: Range<Int>
  /// Its columns in the image.
  let columns: Range<Int>

  /// Draws a rectangle.
  ///
  /// - Parameters:
  ///   - share: Its share of the image's area before it is cut off, from 0 to 1.
  ///   - size: The images' size.
  ///   - stream: Where the numbers of its center come from.
  init(share: Double, size: ImageSize, stream: inout RandomStream) {
    let side = share.squareRoot()
    rows = Self.place(side, of: size.rows, &stream)
    columns = Self.place(side, of: size.columns, &stream)
  }

  /// The part of a side that is covered.
  private static func place(
    _ share: Double, of count: Int, _ stream: inout RandomStream
  ) -> Range<Int> {
    let length = Int((Double(count) * share).rounded())
    let first = Int(stream.next(below: UInt32(count))) - length / 2
    return max(first, 0)..<min(first + length, count)
  }

  /// Its pixels.
  var area: Int { rows.count * columns.count }

  /// Copies it from one image into another.
  ///
  /// - Parameters:
  ///   - source: The values of the image that it is taken from, (rows, columns, channels).
  ///   - image: The values of the other image, changed in the rectangle.
  ///   - size: The images' size.
  func paste(
    _ source: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>, size: ImageSize
  ) {
    for row in rows {
      let first = (row * size.columns + columns.lowerBound) * size.channels
      (image + first).update(from: source + first, count: columns.count * size.channels)
    }
  }
}
