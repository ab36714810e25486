import Testing

@testable import ImageData
@testable import Parallel
@testable import Training

@Suite("An erased rectangle")
struct ErasedRectangleTests {
  private static func rectangles(
    _ probability: Double, _ size: ImageSize, count: Int = 4_000
  ) -> [ErasedRectangle] {
    (0..<count).compactMap {
      ErasedRectangle(
        probability: probability, size: size,
        numbers: SampleNumbers(seed: 5, sample: UInt32($0), epoch: 1))
    }
  }

  @Test("has an area and a ratio within the ranges, and lies within the image")
  func shapes() {
    let size = ImageSize(rows: 100, columns: 120)
    let found = Self.rectangles(1, size)
    #expect(found.count > 3_990)
    for rectangle in found {
      #expect(rectangle.rows.lowerBound >= 0 && rectangle.rows.upperBound <= 100)
      #expect(rectangle.columns.lowerBound >= 0 && rectangle.columns.upperBound <= 120)
      // Sides are whole numbers, at least 7 here.
      let (height, width) = (Double(rectangle.rows.count), Double(rectangle.columns.count))
      #expect((0.02 * 0.85...0.4 * 1.05).contains(height * width / 12_000))
      #expect((0.3 * 0.85...1.15 / 0.3).contains(height / width))
    }
    let areas = found.map { Double($0.rows.count * $0.columns.count) / 12_000 }
    #expect(areas.min() ?? 1 < 0.025 && areas.max() ?? 0 > 0.38)
    // Large ones fit less often: a little below the middle of 0.02 to 0.4.
    #expect((0.16...0.21).contains(areas.reduce(0, +) / Double(areas.count)))
    #expect(Set(found.map(\.rows.lowerBound)).count > 60)
    #expect(Set(found.map(\.columns.lowerBound)).count > 60)
  }

  @Test("is there with its probability")
  func probability() {
    let size = ImageSize(rows: 28, columns: 28)
    #expect(Self.rectangles(0, size).isEmpty)
    // Five standard deviations: 5 sqrt(0.25 x 0.75 x 4000).
    #expect((863...1_137).contains(Self.rectangles(0.25, size).count))
  }

  @Test("sets its pixels to 0 in all channels, and no others")
  func erases() throws {
    let size = ImageSize(rows: 9, columns: 7, channels: 3)
    let rectangle = try #require(Self.rectangles(1, size, count: 1).first)
    var image = [Float](repeating: 1, count: size.valueCount)
    rectangle.erase(&image, size: size)
    for row in 0..<9 {
      for column in 0..<7 {
        let isInside = rectangle.rows.contains(row) && rectangle.columns.contains(column)
        let first = (row * 7 + column) * 3
        #expect(image[first..<first + 3].allSatisfy { $0 == (isInside ? 0 : 1) })
      }
    }
  }

  @Test("an image of one pixel or one row has one that fits, or none")
  func small() {
    for size in [ImageSize(rows: 1, columns: 1), ImageSize(rows: 1, columns: 1_024)] {
      for rectangle in Self.rectangles(1, size, count: 200) {
        #expect(rectangle.rows == 0..<1 && rectangle.columns.upperBound <= size.columns)
      }
    }
  }
}
