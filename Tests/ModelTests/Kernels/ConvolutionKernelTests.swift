import CKernels
import Glibc
import Testing

@Suite("The convolution of images")
struct ConvolutionKernelTests {
  private typealias Forward =
    @Sendable (
      UnsafePointer<convolution>, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void
  private typealias Gradient =
    @Sendable (
      UnsafePointer<convolution>, Int64, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void

  private static let forward = KernelVersions<Forward>(
    { kernel_convolution($0, $1, $2, $3) }, { kernel_convolution_baseline($0, $1, $2, $3) },
    { kernel_convolution_v3($0, $1, $2, $3) }, { kernel_convolution_v4($0, $1, $2, $3) })
  private static let gradient = KernelVersions<Gradient>(
    { kernel_convolution_gradient($0, $1, $2, $3, $4) },
    { kernel_convolution_gradient_baseline($0, $1, $2, $3, $4) },
    { kernel_convolution_gradient_v3($0, $1, $2, $3, $4) },
    { kernel_convolution_gradient_v4($0, $1, $2, $3, $4) })

  /// The sizes of a convolution of dense images.
  struct Sizes: CustomStringConvertible {
    var rows: Int
    var columns: Int
    var channels: Int
    var outputs: Int
    var kernelRows: Int
    var kernelColumns: Int
    var step = 1

    var outputRows: Int { (rows - kernelRows) / step + 1 }
    var outputColumns: Int { (columns - kernelColumns) / step + 1 }
    var imageCount: Int { rows * columns * channels }
    var outputCount: Int { outputRows * outputColumns * outputs }
    var depth: Int { kernelRows * kernelColumns * channels }
    var description: String {
      "\(rows)x\(columns)x\(channels), \(outputs)x\(kernelRows)x\(kernelColumns), step \(step)"
    }

    /// The kernels' form, for outputs `spacing` apart.
    func shape(spacing: Int) -> convolution {
      convolution(
        image_rows: Int64(rows), image_columns: Int64(columns), channels: Int64(channels),
        kernel_rows: Int64(kernelRows), kernel_columns: Int64(kernelColumns),
        row_step: Int64(step), column_step: Int64(step), output_rows: Int64(outputRows),
        output_columns: Int64(outputColumns), outputs: Int64(outputs),
        output_row_stride: Int64(outputColumns * spacing), output_column_stride: Int64(spacing))
    }

    /// The place of a weight in panels.
    func place(_ term: Int, _ output: Int) -> Int {
      let panel = PRODUCT_PANEL
      let first = output / panel * panel
      return first * depth + term * min(panel, outputs - first) + output - first
    }

    /// The place in the image of a term of a position's window.
    func pixel(_ y: Int, _ x: Int, term: Int) -> Int {
      let (row, rest) = term.quotientAndRemainder(dividingBy: kernelColumns * channels)
      return ((y * step + row) * columns + x * step) * channels + rest
    }
  }

  private static func checkForward(
    _ sizes: Sizes, spacing extra: Int, _ random: inout RandomValues
  ) throws {
    let image = random.uniform(sizes.imageCount, in: -1...1)
    let weights = random.uniform(sizes.depth * sizes.outputs, in: -1...1)
    let spacing = sizes.outputs + extra
    var expected = [Float](
      repeating: 7, count: sizes.outputRows * sizes.outputColumns * spacing)
    for y in 0..<sizes.outputRows {
      for x in 0..<sizes.outputColumns {
        for output in 0..<sizes.outputs {
          expected[(y * sizes.outputColumns + x) * spacing + output] = chainSum(count: sizes.depth)
          {
            (image[sizes.pixel(y, x, term: $0)], weights[sizes.place($0, output)])
          }
        }
      }
    }
    var shape = sizes.shape(spacing: spacing)
    let (guardedImage, guardedWeights) = (GuardedPages(image), GuardedPages(weights))
    for (name, kernel) in try forward.runnable() {
      let result = GuardedPages([Float](repeating: 7, count: expected.count))
      kernel(&shape, guardedImage.start, guardedWeights.start, result.start)
      #expect(bits(result.values) == bits(expected), "\(name), \(sizes)")
    }
  }

  private static func checkGradient(
    _ sizes: Sizes, images count: Int, spacing extra: Int, _ random: inout RandomValues
  ) throws {
    let images = random.uniform(count * sizes.imageCount, in: -1...1)
    let spacing = sizes.outputs + extra
    let positions = sizes.outputRows * sizes.outputColumns
    // The last position ends with its outputs.
    let gradients = random.uniform(count * positions * spacing - extra, in: -1...1)
    var expected = [Float](repeating: .nan, count: sizes.depth * sizes.outputs)
    for term in 0..<sizes.depth {
      for output in 0..<sizes.outputs {
        expected[sizes.place(term, output)] = chainSum(count: count * positions) { index in
          let (number, position) = index.quotientAndRemainder(dividingBy: positions)
          let (y, x) = position.quotientAndRemainder(dividingBy: sizes.outputColumns)
          return (
            images[number * sizes.imageCount + sizes.pixel(y, x, term: term)],
            gradients[index * spacing + output]
          )
        }
      }
    }
    var shape = sizes.shape(spacing: spacing)
    let (guardedImages, guardedGradients) = (GuardedPages(images), GuardedPages(gradients))
    for (name, kernel) in try gradient.runnable() {
      let result = GuardedPages([Float](repeating: .nan, count: expected.count))
      kernel(&shape, Int64(count), guardedImages.start, guardedGradients.start, result.start)
      #expect(bits(result.values) == bits(expected), "\(name), \(sizes), \(count) images")
    }
  }

  @Test("has the bits of fused multiply-adds in order, with any instruction set, at any edge")
  func bitsOfChains() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("ConvolutionKernelTests seed \(seed)")
    var random = RandomValues(seed)
    for _ in 0..<60 {
      let numbers = random.integers(8, below: 1 << 20).map(Int.init)
      let (kernelRows, kernelColumns) = (numbers[0] % 5 + 1, numbers[1] % 5 + 1)
      let sizes = Sizes(
        rows: kernelRows + numbers[2] % 6, columns: kernelColumns + numbers[3] % 18,
        channels: numbers[4] % 9 + 1, outputs: numbers[5] % 70 + 1, kernelRows: kernelRows,
        kernelColumns: kernelColumns, step: numbers[6] % 3 + 1)
      let extra = numbers[7] % 3 * 5
      try Self.checkForward(sizes, spacing: extra, &random)
      try Self.checkGradient(sizes, images: numbers[7] % 4 + 1, spacing: extra, &random)
    }
  }

  @Test(
    "has the bits of fused multiply-adds also with more terms than a chain may have",
    arguments: [(64, 5), (114, 3), (70, 4), (128, 5)])
  func deep(channels: Int, size: Int) throws {
    var random = RandomValues(1)
    let sizes = Sizes(
      rows: size + 1, columns: size + 1, channels: channels, outputs: 20, kernelRows: size,
      kernelColumns: size)
    try Self.checkForward(sizes, spacing: 0, &random)
  }

  @Test("sums the weights' gradient over many positions and images in the same order")
  func manyPositions() throws {
    var random = RandomValues(2)
    for (side, images) in [(28, 1), (34, 1), (8, 8), (40, 2), (1, 8)] {
      let sizes = Sizes(
        rows: side, columns: side, channels: 3, outputs: 18, kernelRows: 1, kernelColumns: 1)
      try Self.checkGradient(sizes, images: images, spacing: 0, &random)
    }
  }
}
