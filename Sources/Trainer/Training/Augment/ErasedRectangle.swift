import ImageData
import Parallel

/// A rectangle of an image that is erased.
///
/// Source: Zhong, Zheng, Kang, Li and Yang, "Random erasing data augmentation", 2017, with its
/// ranges of area and ratio. A rectangle that does not fit is drawn again, up to ten times, as in
/// torchvision.
struct ErasedRectangle: Sendable, Equatable {
  /// The share of the image's area, uniform.
  static let shares = 0.02...0.4
  /// The height divided by the width, uniform.
  static let ratios = 0.3...1 / 0.3
  private static let attempts = 10

  /// Its rows in the image.
  let rows: Range<Int>
  /// Its columns in the image.
  let columns: Range<Int>

  /// Draws a sample's rectangle; nil if none is erased.
  ///
  /// - Parameters:
  ///   - probability: The probability that one is.
  ///   - size: The images' size.
  ///   - numbers: The sample's random numbers.
  init?(probability: Double, size: ImageSize, numbers: SampleNumbers) {
    guard probability > 0 else { return nil }
    var stream = numbers.stream(.erase)
    guard stream.nextUnitInterval() < probability else { return nil }
    for _ in 0..<Self.attempts {
      let area = Double(size.rows * size.columns) * stream.next(in: Self.shares)
      let ratio = stream.next(in: Self.ratios)
      let height = Int((area * ratio).squareRoot().rounded())
      let width = Int((area / ratio).squareRoot().rounded())
      guard (1...size.rows).contains(height), (1...size.columns).contains(width) else { continue }
      let top = Int(stream.next(below: UInt32(size.rows - height + 1)))
      let left = Int(stream.next(below: UInt32(size.columns - width + 1)))
      rows = top..<top + height
      columns = left..<left + width
      return
    }
    return nil
  }

  /// Sets its values to 0.
  ///
  /// - Parameters:
  ///   - image: The image's values (rows, columns, channels).
  ///   - size: The image's size.
  func erase(_ image: UnsafeMutablePointer<Float>, size: ImageSize) {
    for row in rows {
      let first = (row * size.columns + columns.lowerBound) * size.channels
      (image + first).update(repeating: 0, count: columns.count * size.channels)
    }
  }
}

extension RandomStream {
  /// A uniform number in a range.
  fileprivate mutating func next(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextUnitInterval()
  }
}
