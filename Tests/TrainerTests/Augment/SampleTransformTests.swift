import CKernels
import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Training

@Suite("The affine map of a sample")
struct SampleTransformTests {
  private static let size = ImageSize(rows: 5, columns: 8)

  private static func coefficients(_ transform: SampleTransform, _ size: ImageSize) -> [Float] {
    let map = transform.map(for: size)
    return [map.xx, map.xy, map.x0, map.yx, map.yy, map.y0]
  }

  @Test("that changes nothing is exact")
  func identity() {
    #expect(Self.coefficients(SampleTransform(), Self.size) == [1, 0, 3.5, 0, 1, 2])
  }

  @Test("of quarter turns and mirrored images is exact")
  func quarters() {
    var transform = SampleTransform()
    // Counter-clockwise: the pixel at the right comes from the bottom, as y grows downwards.
    transform.rotation = 0.5
    #expect(Self.coefficients(transform, Self.size) == [0, -1, 3.5, 1, 0, 2])
    transform.rotation = -0.5
    #expect(Self.coefficients(transform, Self.size) == [0, 1, 3.5, -1, 0, 2])
    transform.rotation = 1
    #expect(Self.coefficients(transform, Self.size) == [-1, 0, 3.5, 0, -1, 2])
    transform.rotation = 0
    transform.isMirrored = true
    #expect(Self.coefficients(transform, Self.size) == [-1, 0, 3.5, 0, 1, 2])
  }

  @Test("turns an image by 90 degrees, pixel by pixel")
  func turnedImage() {
    let size = ImageSize(rows: 4, columns: 4, channels: 2)
    let image = (0..<size.valueCount).map { UInt8(7 * $0) }
    var transform = SampleTransform()
    transform.rotation = 0.5
    var map = transform.map(for: size)
    var padded = [Float](repeating: .nan, count: 7 * 7 * 2)
    kernel_pad_image(image, 4, 4, 2, &padded)
    var output = [Float](repeating: .nan, count: size.valueCount)
    kernel_resample_image(&map, padded, nil, &output)
    for row in 0..<4 {
      for column in 0..<4 {
        for channel in 0..<2 {
          // The rightmost column becomes the first row.
          let source = (column * 4 + 3 - row) * 2 + channel
          #expect(output[(row * 4 + column) * 2 + channel] == Float(image[source]) / 255)
        }
      }
    }
  }

  @Test("is the inverse of mirror, shear, enlargement, rotation and shift")
  func inverse() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<100 {
      var transform = SampleTransform()
      transform.rotation = .random(in: -1...1, using: &generator)
      transform.scale = .random(in: 0.5...1.5, using: &generator)
      transform.shear = .random(in: -0.3...0.3, using: &generator)
      transform.shiftRight = .random(in: -3...3, using: &generator)
      transform.shiftDown = .random(in: -3...3, using: &generator)
      transform.isMirrored = .random(using: &generator)
      let map = transform.map(for: Self.size)
      // A place of the original, from the center, and where it goes.
      let place = SIMD2<Double>(
        Double.random(in: -4...4, using: &generator), Double.random(in: -3...3, using: &generator))
      var moved = place
      if transform.isMirrored { moved.x = -moved.x }
      moved.x += tan(.pi * transform.shear) * moved.y
      moved *= transform.scale
      let (c, s) = (cos(.pi * transform.rotation), sin(.pi * transform.rotation))
      let turned = (x: c * moved.x + s * moved.y, y: c * moved.y - s * moved.x)
      moved = SIMD2(turned.x, turned.y)
      moved += SIMD2(transform.shiftRight, transform.shiftDown)
      let x = Double(map.xx) * moved.x + Double(map.xy) * moved.y + Double(map.x0) - 3.5
      let y = Double(map.yx) * moved.x + Double(map.yy) * moved.y + Double(map.y0) - 2
      #expect(abs(x - place.x) < 1e-5 && abs(y - place.y) < 1e-5, "\(transform)")
    }
  }

  @Test("has numbers that are uniform in their ranges, and do not depend on each other")
  func ranges() throws {
    let augmentation = try Augmentation("rotate 30, scale 0.2, shift 3, shear 12, flip")
    let count = 4_000
    let transforms = (0..<count).map {
      SampleTransform(
        augmentation, numbers: SampleNumbers(seed: 1, sample: UInt32($0), epoch: 2))
    }
    let columns = [
      transforms.map { $0.rotation * 180 / 30 }, transforms.map { ($0.scale - 1) / 0.2 },
      transforms.map { $0.shear * 180 / 12 }, transforms.map { $0.shiftRight / 3 },
      transforms.map { $0.shiftDown / 3 }, transforms.map { $0.isMirrored ? -1.0 : 1 },
    ]
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }
    for (index, column) in columns.enumerated() {
      #expect(column.allSatisfy { abs($0) <= 1 })
      // Five standard deviations of a mean: 5 / sqrt(4000), at most.
      #expect(abs(mean(column)) < 0.08, "mean of \(index)")
      let square = index == 5 ? 1 : 1.0 / 3
      #expect(abs(mean(column.map { $0 * $0 }) - square) < 0.03, "square of \(index)")
      #expect(index == 5 || column.max() ?? 0 > 0.99 && column.min() ?? 0 < -0.99)
      for other in columns[..<index] {
        #expect(abs(mean(zip(column, other).map { $0 * $1 })) < 0.08)
      }
    }
  }

  @Test("has the same numbers whatever the other transforms are")
  func independence() throws {
    let numbers = SampleNumbers(seed: 9, sample: 123, epoch: 4)
    let alone = SampleTransform(try Augmentation("shift 2"), numbers: numbers)
    let both = SampleTransform(try Augmentation("shift 2, rotate 9, flip"), numbers: numbers)
    #expect(alone.shiftRight == both.shiftRight && alone.shiftDown == both.shiftDown)
    #expect(both.rotation != 0)
  }
}
