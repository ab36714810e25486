import Testing

@testable import ImageData
@testable import Parallel
@testable import Training

@Suite("A rectangle of another image")
struct PastedRectangleTests {
  private static let size = ImageSize(rows: 20, columns: 31, channels: 2)

  private static func rectangles(_ share: Double, _ count: Int = 3_000) -> [PastedRectangle] {
    var stream = RandomStream(seed: 8, purpose: .augmentation)
    return (0..<count).map { _ in PastedRectangle(share: share, size: size, stream: &stream) }
  }

  @Test(
    "has the sides of its share, unless they are cut off at the border", arguments: [0.1, 0.3, 0.8])
  func sides(share: Double) {
    let found = Self.rectangles(share)
    let (height, width) = (
      Int((20 * share.squareRoot()).rounded()), Int((31 * share.squareRoot()).rounded())
    )
    for rectangle in found {
      for (range, length, end) in [(rectangle.rows, height, 20), (rectangle.columns, width, 31)] {
        #expect((0...end).contains(range.lowerBound) && (0...end).contains(range.upperBound))
        let isCut = range.lowerBound == 0 || range.upperBound == end
        #expect(isCut ? range.count <= length : range.count == length)
        // The center is within the image, so half of it is.
        #expect(range.count >= length / 2)
      }
    }
    #expect(found.contains { $0.rows.lowerBound == 0 && $0.rows.count < height })
    #expect(found.contains { $0.columns.upperBound == 31 && $0.columns.count < width })
    // Every pixel is covered now and then.
    for row in 0..<20 { #expect(found.contains { $0.rows.contains(row) }, "row \(row)") }
    for column in 0..<31 { #expect(found.contains { $0.columns.contains(column) }) }
  }

  @Test("is the whole image or none of it where its share is 1 or 0, except for its place")
  func ends() {
    #expect(Self.rectangles(0).allSatisfy { $0.area == 0 })
    let whole = Self.rectangles(1)
    #expect(whole.allSatisfy { $0.area >= 10 * 15 && $0.area <= 20 * 31 })
    #expect(whole.contains { $0.area == 20 * 31 })
  }

  @Test("takes its pixels with all channels from the other image, and no others")
  func pastes() {
    for rectangle in Self.rectangles(0.4, 20) {
      let other = (0..<Self.size.valueCount).map { Float($0) }
      var image = other.map { -1 - $0 }
      rectangle.paste(other, into: &image, size: Self.size)
      for (index, value) in image.enumerated() {
        let pixel = index / 2
        let isInside =
          rectangle.rows.contains(pixel / 31) && rectangle.columns.contains(pixel % 31)
        #expect(value == (isInside ? Float(index) : -1 - Float(index)))
      }
    }
  }
}
