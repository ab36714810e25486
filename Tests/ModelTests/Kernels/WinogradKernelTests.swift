import CKernels
import Glibc
import Testing

@Suite("Winograd's convolution of images")
struct WinogradKernelTests {
  private typealias Weights =
    @Sendable (
      Int64, Int64, Int64, Int64, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  private typealias Forward =
    @Sendable (
      UnsafePointer<winograd>, Int64, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  private typealias Gradient =
    @Sendable (
      UnsafePointer<winograd>, Int64, Int64, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  private static let weights = KernelVersions<Weights>(
    { kernel_winograd_weights($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_weights_baseline($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_weights_v3($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_weights_v4($0, $1, $2, $3, $4, $5) })
  private static let forward = KernelVersions<Forward>(
    { kernel_winograd($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_baseline($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_v3($0, $1, $2, $3, $4, $5) },
    { kernel_winograd_v4($0, $1, $2, $3, $4, $5) })
  private static let gradient = KernelVersions<Gradient>(
    { kernel_winograd_gradient($0, $1, $2, $3, $4, $5, $6) },
    { kernel_winograd_gradient_baseline($0, $1, $2, $3, $4, $5, $6) },
    { kernel_winograd_gradient_v3($0, $1, $2, $3, $4, $5, $6) },
    { kernel_winograd_gradient_v4($0, $1, $2, $3, $4, $5, $6) })

  /// 4 x 4, 3 x 3 or 2 x 2 values.
  private typealias Square = [[Float]]

  /// Applies a map to the columns, then to the rows.
  private static func both(_ square: Square, _ map: ([Float]) -> [Float]) -> Square {
    transposed(transposed(square).map(map)).map(map)
  }

  private static func transposed(_ square: Square) -> Square {
    square[0].indices.map { column in square.map { $0[column] } }
  }

  // The four maps of one column, in the order of additions that kernels.inc documents.
  private static func pixels(_ d: [Float]) -> [Float] {
    [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
  }
  private static func outputs(_ m: [Float]) -> [Float] {
    [m[0] + m[1] + m[2], m[1] - m[2] - m[3]]
  }
  private static func gradients(_ dy: [Float]) -> [Float] {
    [dy[0], dy[0] + dy[1], dy[0] - dy[1], -dy[1]]
  }
  private static func kernel(_ g: [Float]) -> [Float] {
    [g[0], (g[0] + g[2] + g[1]) / 2, (g[0] + g[2] - g[1]) / 2, g[2]]
  }
  private static func kernelGradient(_ u: [Float]) -> [Float] {
    [u[0] + (u[1] + u[2]) / 2, (u[1] - u[2]) / 2, (u[1] + u[2]) / 2 + u[3]]
  }

  /// Expects equal bits; without the list of differences, which takes minutes.
  private static func expectSameBits(
    _ values: UnsafeBufferPointer<Float>, _ expected: [Float], _ comment: Comment,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let isSame = bits(values) == bits(expected)
    #expect(isSame, comment, sourceLocation: location)
  }

  /// The sizes of a convolution.
  struct Sizes: CustomStringConvertible {
    var images = 1
    var rows: Int
    var columns: Int
    var channels: Int
    var outputs: Int
    var before = 1
    var after = 1

    var outputRows: Int { rows + before + after - 2 }
    var outputColumns: Int { columns + before + after - 2 }
    var imageCount: Int { rows * columns * channels }
    var outputCount: Int { outputRows * outputColumns * outputs }
    var tileRows: Int { (outputRows + 1) / 2 }
    var tileColumns: Int { (outputColumns + 1) / 2 }
    var description: String {
      "\(images) of \(rows)x\(columns)x\(channels), \(outputs) outputs, \(before) before, "
        + "\(after) after"
    }

    var shape: winograd {
      winograd(
        image_rows: Int64(rows), image_columns: Int64(columns), channels: Int64(channels),
        rows_before: Int64(before), columns_before: Int64(before),
        output_rows: Int64(outputRows), output_columns: Int64(outputColumns),
        outputs: Int64(outputs))
    }

    /// The place of element (term, channel, output) in panels of a matrix with so many terms.
    func place(_ term: Int, _ channel: Int, _ output: Int, terms: Int) -> Int {
      let first = output / PRODUCT_PANEL * PRODUCT_PANEL
      let width = min(PRODUCT_PANEL, outputs - first)
      return first * terms * channels + (term * channels + channel) * width + output - first
    }

    /// A value of an image, or zero outside.
    func pixel(_ values: [Float], _ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> Float
    {
      guard (0..<rows).contains(row), (0..<columns).contains(column) else { return 0 }
      return values[image * imageCount + (row * columns + column) * channels + channel]
    }

    /// The place of an output; nil outside.
    func output(_ image: Int, _ row: Int, _ column: Int, _ output: Int) -> Int? {
      guard row < outputRows, column < outputColumns else { return nil }
      return image * outputCount + (row * outputColumns + column) * outputs + output
    }
  }

  /// The chains of blocks of 1,024 terms, added in pairs; for at most two blocks.
  private static func sum(_ terms: [(Float, Float)]) -> Float {
    let sums = stride(from: 0, to: terms.count, by: PRODUCT_DEPTH).map { first in
      terms[first..<min(first + PRODUCT_DEPTH, terms.count)].reduce(0) { fmaf($1.0, $1.1, $0) }
    }
    return sums.count == 1 ? sums[0] : sums[0] + sums[1]
  }

  /// The transformed pixels of each tile: [tile][channel].
  private static func transformedPixels(_ sizes: Sizes, _ images: [Float]) -> [[Square]] {
    tiles(sizes).map { image, y, x in
      (0..<sizes.channels).map { channel in
        both(
          (0..<4).map { i in
            (0..<4).map { j in
              sizes.pixel(
                images, image, 2 * y - sizes.before + i, 2 * x - sizes.before + j, channel)
            }
          }, pixels)
      }
    }
  }

  private static func tiles(_ sizes: Sizes) -> [(image: Int, y: Int, x: Int)] {
    (0..<sizes.images).flatMap { image in
      (0..<sizes.tileRows).flatMap { y in (0..<sizes.tileColumns).map { (image, y, $0) } }
    }
  }

  private static func transformedWeights(_ sizes: Sizes, _ weights: [Float]) -> [Float] {
    var transformed = [Float](repeating: .nan, count: 16 * sizes.channels * sizes.outputs)
    for channel in 0..<sizes.channels {
      for output in 0..<sizes.outputs {
        let square = both(
          (0..<3).map { i in
            (0..<3).map { weights[sizes.place(3 * i + $0, channel, output, terms: 9)] }
          }, kernel)
        for place in 0..<16 {
          transformed[sizes.place(place, channel, output, terms: 16)] =
            square[place / 4][place % 4]
        }
      }
    }
    return transformed
  }

  private static func check(_ sizes: Sizes, _ random: inout RandomValues) throws {
    var shape = sizes.shape
    let images = random.uniform(sizes.images * sizes.imageCount, in: -1...1)
    let weights = random.uniform(9 * sizes.channels * sizes.outputs, in: -1...1)
    let dy = random.uniform(sizes.images * sizes.outputCount, in: -1...1)
    let transformed = transformedWeights(sizes, weights)
    let pixels = transformedPixels(sizes, images)

    var expected = [Float](repeating: .nan, count: sizes.images * sizes.outputCount)
    for (tile, place) in tiles(sizes).enumerated() {
      for output in 0..<sizes.outputs {
        let products = (0..<4).map { i in
          (0..<4).map { j in
            sum(
              (0..<sizes.channels).map { channel in
                (
                  pixels[tile][channel][i][j],
                  transformed[sizes.place(4 * i + j, channel, output, terms: 16)]
                )
              })
          }
        }
        for (i, row) in both(products, outputs).enumerated() {
          for (j, value) in row.enumerated() {
            let index = sizes.output(place.image, 2 * place.y + i, 2 * place.x + j, output)
            if let index { expected[index] = value }
          }
        }
      }
    }

    let transformedGradients = tiles(sizes).map { image, y, x in
      (0..<sizes.outputs).map { output in
        both(
          (0..<2).map { i in
            (0..<2).map { sizes.output(image, 2 * y + i, 2 * x + $0, output).map { dy[$0] } ?? 0 }
          }, gradients)
      }
    }
    // Of all rows of tiles, or of those from the second to before the last.
    let allRows = 0..<sizes.images * sizes.tileRows
    let someRows = allRows.count < 3 ? allRows : 1..<allRows.upperBound - 1
    func weightGradient(_ rows: Range<Int>) -> [Float] {
      var result = [Float](repeating: .nan, count: weights.count)
      for channel in 0..<sizes.channels {
        for output in 0..<sizes.outputs {
          let sums = (0..<4).map { i in
            (0..<4).map { j in
              (rows.lowerBound * sizes.tileColumns..<rows.upperBound * sizes.tileColumns)
                .reduce(0) {
                  fmaf(pixels[$1][channel][i][j], transformedGradients[$1][output][i][j], $0)
                }
            }
          }
          for (i, row) in both(sums, kernelGradient).enumerated() {
            for (j, value) in row.enumerated() {
              result[sizes.place(3 * i + j, channel, output, terms: 9)] = value
            }
          }
        }
      }
      return result
    }
    let expectedGradients = [
      (allRows, weightGradient(allRows)), (someRows, weightGradient(someRows)),
    ]

    let (guardedImages, guardedWeights) = (GuardedPages(images), GuardedPages(weights))
    let (guardedTransformed, guardedGradients) = (GuardedPages(transformed), GuardedPages(dy))
    for (name, kernel) in try Self.weights.runnable() {
      let result = GuardedPages([Float](repeating: .nan, count: transformed.count))
      let middle = Int64(sizes.channels / 3)
      for (first, end) in [(middle, Int64(sizes.channels)), (0, middle)] {
        kernel(
          Int64(sizes.channels), Int64(sizes.outputs), first, end, guardedWeights.start,
          result.start)
      }
      expectSameBits(result.values, transformed, "weights, \(name), \(sizes)")
    }
    for (name, kernel) in try forward.runnable() {
      let result = GuardedPages([Float](repeating: .nan, count: expected.count))
      let scratch = GuardedPages([Float](repeating: .nan, count: Int(winograd_scratch())))
      kernel(
        &shape, Int64(sizes.images), guardedImages.start, guardedTransformed.start,
        scratch.start, result.start)
      expectSameBits(result.values, expected, "output, \(name), \(sizes)")
    }
    for (name, kernel) in try gradient.runnable() {
      for (rows, expected) in expectedGradients {
        let result = GuardedPages([Float](repeating: .nan, count: expected.count))
        let scratch = GuardedPages(
          [Float](repeating: .nan, count: Int(winograd_gradient_scratch(&shape))))
        kernel(
          &shape, Int64(rows.lowerBound), Int64(rows.upperBound), guardedImages.start,
          guardedGradients.start, scratch.start, result.start)
        expectSameBits(result.values, expected, "gradient, \(name), \(sizes), \(rows)")
      }
    }
  }

  @Test("has the bits of its definition, with any instruction set, at any edge")
  func bitsOfDefinition() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("WinogradKernelTests seed \(seed)")
    var random = RandomValues(seed)
    for _ in 0..<20 {
      let numbers = random.integers(7, below: 1 << 20).map(Int.init)
      try Self.check(
        Sizes(
          images: numbers[0] % 3 + 1, rows: 3 + numbers[1] % 4, columns: 3 + numbers[2] % 6,
          channels: 16 + numbers[3] % 20, outputs: 16 + numbers[4] % 60, before: numbers[5] % 3,
          after: numbers[6] % 3), &random)
    }
  }

  @Test("has them for images that are worked on in several parts")
  func severalParts() throws {
    var random = RandomValues(1)
    let sizes = Sizes(images: 2, rows: 15, columns: 18, channels: 24, outputs: 33)
    var shape = sizes.shape
    #expect(winograd_block_rows(&shape) < sizes.images * sizes.tileRows)
    try Self.check(sizes, &random)
  }

  @Test("has them with more channels than a chain may have")
  func deep() throws {
    var random = RandomValues(2)
    try Self.check(Sizes(rows: 2, columns: 2, channels: 1_050, outputs: 16), &random)
  }

  @Test("works on as many rows as fit in scratch memory, and none of a row that does not")
  func blockRows() {
    for (columns, channels) in [
      (2, 16), (28, 32), (224, 64), (1_000, 32), (4_000, 16), (31, 1_024),
    ] {
      let sizes = Sizes(rows: 8, columns: columns, channels: channels, outputs: 16)
      var shape = sizes.shape
      let rows = Int(winograd_block_rows(&shape))
      #expect(rows * sizes.tileColumns * channels <= WINOGRAD_MATRIX)
      #expect((rows > 0) == (sizes.tileColumns * channels <= WINOGRAD_MATRIX))
    }
  }
}
