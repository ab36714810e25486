import CKernels
import Testing

@testable import Model
@testable import Parallel

@Suite("The kernels of distorted images")
struct DistortionKernelTests {
  static let pad = KernelVersions(
    kernel_pad_image, kernel_pad_image_baseline, kernel_pad_image_v3, kernel_pad_image_v4)
  static let resample = KernelVersions(
    kernel_resample_image, kernel_resample_image_baseline, kernel_resample_image_v3,
    kernel_resample_image_v4)
  static let displace = KernelVersions(
    kernel_displace, kernel_displace_baseline, kernel_displace_v3, kernel_displace_v4)

  struct Size: Sendable, CustomTestStringConvertible {
    let rows: Int
    let columns: Int
    let channels: Int

    var values: Int { rows * columns * channels }
    var fieldStride: Int { (columns + 15) / 16 * 16 }
    var testDescription: String { "\(rows) x \(columns) x \(channels)" }
  }

  static let sizes = [
    Size(rows: 1, columns: 1, channels: 1), Size(rows: 28, columns: 28, channels: 1),
    Size(rows: 5, columns: 130, channels: 1), Size(rows: 33, columns: 16, channels: 3),
    Size(rows: 3, columns: 65, channels: 2),
  ]

  private static func image(_ size: Size, _ random: inout RandomValues) -> [UInt8] {
    random.integers(size.values, below: 256).map { UInt8($0) }
  }

  /// The image with zeros around it, from obvious code.
  private static func padded(_ image: [UInt8], _ size: Size) -> [Float] {
    let columns = size.columns + 3
    var result = [Float](repeating: 0, count: (size.rows + 3) * columns * size.channels)
    for row in 0..<size.rows {
      for value in 0..<size.columns * size.channels {
        result[((row + 1) * columns + 1) * size.channels + value] =
          Float(image[row * size.columns * size.channels + value]) / 255
      }
    }
    return result
  }

  @Test("an image is padded with zeros, its bytes divided by 255", arguments: sizes)
  func pads(size: Size) throws {
    var random = RandomValues(1)
    let image = Self.image(size, &random)
    let expected = Self.padded(image, size)
    try Self.pad.check("\(size)", expecting: [expected]) { pad in
      var output = GuardedFloats(count: expected.count)
      pad(
        image, Int64(size.rows), Int64(size.columns), Int64(size.channels), &output.memory)
      return [output]
    }
  }

  private static func map(_ size: Size) -> image_map {
    image_map(
      rows: Int64(size.rows), columns: Int64(size.columns), channels: Int64(size.channels), xx: 1,
      xy: 0, x0: Float(size.columns - 1) / 2, yx: 0, yy: 1, y0: Float(size.rows - 1) / 2)
  }

  private static func check(
    _ map: image_map, field: [Float]?, _ image: [UInt8], _ size: Size, expecting: [Float],
    within tolerance: Double?, _ comment: String
  ) throws {
    let padded = Self.padded(image, size)
    try Self.resample.check(comment, expecting: [expecting], within: tolerance) { resample in
      var output = GuardedFloats(count: size.values)
      var map = map
      if let field {
        resample(&map, padded, field, &output.memory)
      } else {
        resample(&map, padded, nil, &output.memory)
      }
      return [output]
    }
  }

  @Test("the map that changes nothing gives the bits of byte / 255", arguments: sizes)
  func identity(size: Size) throws {
    var random = RandomValues(2)
    let image = Self.image(size, &random)
    let expected = image.map { Float($0) / 255 }
    let zeros = [Float](repeating: 0, count: 2 * size.rows * size.fieldStride)
    for field in [nil, zeros] {
      try Self.check(
        Self.map(size), field: field, image, size, expecting: expected, within: nil, "\(size)")
    }
  }

  /// Bilinear sampling in double precision.
  private static func sampled(
    _ map: image_map, field: [Float]?, _ image: [UInt8], _ size: Size
  ) -> [Float] {
    func pixel(_ row: Int, _ column: Int, _ channel: Int) -> Double {
      guard (0..<size.rows).contains(row), (0..<size.columns).contains(column) else { return 0 }
      return Double(image[(row * size.columns + column) * size.channels + channel]) / 255
    }
    var result: [Float] = []
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let u = Double(column) - Double(size.columns - 1) / 2
        let v = Double(row) - Double(size.rows - 1) / 2
        var x = Double(map.xx) * u + Double(map.xy) * v + Double(map.x0)
        var y = Double(map.yx) * u + Double(map.yy) * v + Double(map.y0)
        if let field {
          x += Double(field[row * size.fieldStride + column])
          y += Double(field[(size.rows + row) * size.fieldStride + column])
        }
        for channel in 0..<size.channels {
          guard abs(x) < 1e6, abs(y) < 1e6 else {
            result.append(0)
            continue
          }
          let (left, top) = (x.rounded(.down), y.rounded(.down))
          let (across, down) = (x - left, y - top)
          var value = 0.0
          for (rowOffset, rowWeight) in [(0, 1 - down), (1, down)] {
            for (columnOffset, columnWeight) in [(0, 1 - across), (1, across)] {
              value +=
                rowWeight * columnWeight
                * pixel(Int(top) + rowOffset, Int(left) + columnOffset, channel)
            }
          }
          result.append(Float(value))
        }
      }
    }
    return result
  }

  @Test("random maps and fields sample as a twin in double precision does", arguments: sizes)
  func maps(size: Size) throws {
    var random = RandomValues(3)
    let image = Self.image(size, &random)
    for round in 0..<20 {
      let numbers = random.uniform(6, in: -2...2)
      var map = Self.map(size)
      (map.xx, map.xy, map.yx, map.yy) = (numbers[0], numbers[1], numbers[2], numbers[3])
      map.x0 += 3 * numbers[4]
      map.y0 += 3 * numbers[5]
      let field =
        round % 2 == 0 ? nil : random.uniform(2 * size.rows * size.fieldStride, in: -5...5)
      // A coordinate has 16 bits after the point, and neighbors differ by up to 1.
      try Self.check(
        map, field: field, image, size,
        expecting: Self.sampled(map, field: field, image, size), within: 2e-4,
        "\(size), round \(round)")
    }
  }

  @Test("places far away, and those that are no numbers, are outside of the image")
  func outside() throws {
    let size = Size(rows: 4, columns: 20, channels: 1)
    var random = RandomValues(4)
    let image = Self.image(size, &random)
    let zeros = [Float](repeating: 0, count: size.values)
    for place in [Float(-1), -1e30, 20, 3e38, .nan, .infinity, -.infinity] {
      var map = Self.map(size)
      (map.xx, map.x0) = (0, place)
      try Self.check(
        map, field: nil, image, size, expecting: zeros, within: nil, "x is \(place)")
    }
  }

  @Test(
    "a field is alpha times the counter's noise, filtered along both axes", arguments: sizes,
    [1, 12])
  func fields(size: Size, radius: Int) throws {
    var random = RandomValues(5)
    let weights = random.uniform(radius + 1, in: 0.01...0.2)
    let (sample, purpose, epoch) = (UInt32(59_999), UInt32(7 << 24 | 5), UInt32(3))
    let key: SIMD2<UInt32> = [11, 13]
    let pixels = size.rows * size.columns
    let noise = (0..<2 * pixels).map { unit in
      let counter: SIMD4<UInt32> = [
        UInt32(unit / 64 * 16 + unit % 16), sample, purpose, epoch,
      ]
      let word = Philox4x32(key: key).block(at: counter)[unit % 64 / 16]
      return Double(Int32(bitPattern: word)) * 0x1p-31
    }
    func filtered(_ value: (Int) -> Double) -> Double {
      (-radius...radius).reduce(0) { $0 + Double(weights[abs($1)]) * value($1) }
    }
    var expected: [Float] = []
    for axis in 0..<2 {
      func value(_ row: Int, _ column: Int) -> Double {
        guard (0..<size.rows).contains(row), (0..<size.columns).contains(column) else { return 0 }
        return noise[axis * pixels + row * size.columns + column]
      }
      for row in 0..<size.rows {
        for column in 0..<size.fieldStride {
          expected.append(
            Float(34 * filtered { down in filtered { value(row + down, column + $0) } }))
        }
      }
    }
    let scratchCount =
      (2 * pixels + 63) / 64 * 64 + size.fieldStride + 2 * radius
      + (size.rows + 2 * radius) * size.fieldStride
    try Self.displace.check("\(size), \(radius)", expecting: [expected], within: 1e-5) { displace in
      var output = GuardedFloats(count: expected.count)
      // What was in the scratch memory has no meaning.
      var scratch = GuardedFloats(count: scratchCount)
      weights.withUnsafeBufferPointer { weights in
        var shape = displacement_field(
          rows: Int64(size.rows), columns: Int64(size.columns), weights: weights.baseAddress,
          radius: Int64(radius), alpha: 34)
        let words = random_words(purpose: purpose, epoch: epoch, key0: key[0], key1: key[1])
        displace(&shape, words, sample, &scratch.memory, &output.memory)
      }
      #expect(scratch.isIntact)
      return [output]
    }
  }
}
