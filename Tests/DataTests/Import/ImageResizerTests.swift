import Testing

@testable import ImageData
@testable import Importing

@Suite("Resizing an image")
struct ImageResizerTests {
  private func resized(
    _ pixels: [UInt8], _ from: ImageSize, to rows: Int, _ columns: Int
  ) -> [UInt8] {
    let resizer = ImageResizer(from: from, to: ImageSize(rows: rows, columns: columns))
    return [UInt8](unsafeUninitializedCapacity: resizer.to.valueCount) { memory, count in
      if let target = memory.baseAddress { resizer.resize(pixels, into: target) }
      count = resizer.to.valueCount
    }
  }

  @Test("to fewer pixels takes the mean of the area that each covers")
  func shrink() {
    let size = ImageSize(rows: 2, columns: 4)
    #expect(resized([0, 10, 20, 30, 4, 14, 24, 35], size, to: 1, 2) == [7, 27])
    // A third of the second pixel belongs to the first one.
    let row = ImageSize(rows: 1, columns: 3)
    #expect(resized([0, 100, 200], row, to: 1, 2) == [33, 167])
  }

  @Test("to more pixels interpolates between the centers of two")
  func enlarge() {
    let row = ImageSize(rows: 1, columns: 2)
    #expect(resized([0, 100], row, to: 1, 4) == [0, 25, 75, 100])
    #expect(resized([7], ImageSize(rows: 1, columns: 1), to: 3, 2) == [7, 7, 7, 7, 7, 7])
  }

  @Test("to its own size changes nothing, and a plain image stays plain")
  func identity() {
    let size = ImageSize(rows: 5, columns: 7, channels: 3)
    let pixels = samplePixels(size.valueCount)
    #expect(resized(pixels, size, to: 5, 7) == pixels)
    for (rows, columns) in [(3, 2), (9, 20), (1, 30), (11, 1)] {
      let plain = resized([UInt8](repeating: 201, count: 105), size, to: rows, columns)
      #expect(plain == [UInt8](repeating: 201, count: rows * columns * 3))
    }
  }

  /// The share of each old value in each new one, from the definitions in doubles.
  private func weights(_ old: Int, _ new: Int) -> [[Double]] {
    let ratio = Double(old) / Double(new)
    return (0..<new).map { index in
      (0..<old).map { source in
        if new <= old {
          let low = max(Double(index) * ratio, Double(source))
          let high = min(Double(index + 1) * ratio, Double(source + 1))
          return max(0, high - low) / ratio
        }
        let center = min(max((Double(index) + 0.5) * ratio - 0.5, 0), Double(old - 1))
        return max(0, 1 - abs(center - Double(source)))
      }
    }
  }

  @Test(
    "agrees with the formulas in doubles",
    arguments: [(28, 28), (7, 50), (50, 7), (1, 1), (13, 29), (29, 31), (31, 30)])
  func formulas(rows: Int, columns: Int) {
    let from = ImageSize(rows: 29, columns: 30, channels: 2)
    let pixels = samplePixels(from.valueCount)
    let (down, across) = (weights(29, rows), weights(30, columns))
    let found = resized(pixels, from, to: rows, columns)
    for row in 0..<rows {
      for column in 0..<columns {
        for channel in 0..<2 {
          var sum = 0.0
          for y in 0..<29 where down[row][y] > 0 {
            for x in 0..<30 where across[column][x] > 0 {
              sum += down[row][y] * across[column][x] * Double(pixels[(y * 30 + x) * 2 + channel])
            }
          }
          let value = Double(found[(row * columns + column) * 2 + channel])
          #expect(abs(value - sum) <= 0.5 + 1e-9)
        }
      }
    }
  }
}
