import CKernels
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

  /// Expects equal bits; without the list of differences, which takes minutes.
  private static func expectSameBits(
    _ values: UnsafeBufferPointer<Float>, _ expected: [Float], _ comment: Comment,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let isSame = bits(values) == bits(expected)
    #expect(isSame, comment, sourceLocation: location)
  }

  private static func check(_ sizes: WinogradSizes, _ random: inout RandomValues) throws {
    var shape = sizes.shape
    let images = random.uniform(sizes.images * sizes.imageCount, in: -1...1)
    let weights = random.uniform(9 * sizes.channels * sizes.outputs, in: -1...1)
    let dy = random.uniform(sizes.images * sizes.outputCount, in: -1...1)
    let twin = WinogradTwin(sizes, images: images)
    let transformed = WinogradTwin.transformed(weights, sizes)
    let expected = twin.outputs(transformed)
    // Of all rows of tiles, and of those from the second to before the last.
    let allRows = 0..<sizes.images * sizes.tileRows
    let someRows = allRows.count < 3 ? allRows : 1..<allRows.upperBound - 1
    let expectedGradients = [allRows, someRows].map { ($0, twin.weightGradient(dy, rows: $0)) }

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
        WinogradSizes(
          images: numbers[0] % 3 + 1, rows: 3 + numbers[1] % 4, columns: 3 + numbers[2] % 6,
          channels: 16 + numbers[3] % 20, outputs: 16 + numbers[4] % 60, before: numbers[5] % 3,
          after: numbers[6] % 3), &random)
    }
  }

  @Test("of images that are worked on in several parts has the bits of its definition")
  func severalParts() throws {
    var random = RandomValues(1)
    let sizes = WinogradSizes(images: 2, rows: 15, columns: 18, channels: 24, outputs: 33)
    var shape = sizes.shape
    #expect(winograd_block_rows(&shape) < sizes.images * sizes.tileRows)
    try Self.check(sizes, &random)
  }

  @Test("with more channels than a chain may have has the bits of its definition")
  func deep() throws {
    var random = RandomValues(2)
    try Self.check(WinogradSizes(rows: 2, columns: 2, channels: 1_050, outputs: 16), &random)
  }

  @Test("works on as many rows as fit in scratch memory, and on none if not even one does")
  func blockRows() {
    for (columns, channels) in [
      (2, 16), (28, 32), (224, 64), (1_000, 32), (4_000, 16), (31, 1_024),
    ] {
      let sizes = WinogradSizes(rows: 8, columns: columns, channels: channels, outputs: 16)
      var shape = sizes.shape
      let rows = Int(winograd_block_rows(&shape))
      #expect(rows * sizes.tileColumns * channels <= WINOGRAD_MATRIX)
      #expect((rows > 0) == (sizes.tileColumns * channels <= WINOGRAD_MATRIX))
    }
  }
}
