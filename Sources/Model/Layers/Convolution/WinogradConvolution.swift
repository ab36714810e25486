import CKernels
import Parallel

/// A convolution whose kernel of 3 x 3 moves by one position, by Winograd's minimal filtering.
///
/// 2 x 2 outputs take 16 products for each input and output channel, instead of 36. Whether it is
/// used depends only on the shapes. See `docs/decisions/0035-winograd.md`.
struct WinogradConvolution: Sendable {
  private let shape: winograd

  /// The convolution of a layer's input, and the gradient of its weights.
  ///
  /// - Returns: nil if the kernel does not allow it or it would save little.
  init?(rows: KernelAxis, columns: KernelAxis, inputs: Int, outputs: Int) {
    guard Self.suits(rows, columns) else { return nil }
    self.init(
      winograd(
        image_rows: Int64(rows.inputCount), image_columns: Int64(columns.inputCount),
        channels: Int64(inputs), rows_before: Int64(rows.before),
        columns_before: Int64(columns.before), output_rows: Int64(rows.outputCount),
        output_columns: Int64(columns.outputCount), outputs: Int64(outputs)))
  }

  /// The gradient of a layer's input: the convolution of the output's gradient with the turned
  /// kernel.
  ///
  /// - Returns: nil if the kernel does not allow it or it would save little.
  init?(gradientOf rows: KernelAxis, _ columns: KernelAxis, inputs: Int, outputs: Int) {
    guard Self.suits(rows, columns) else { return nil }
    self.init(
      winograd(
        image_rows: Int64(rows.outputCount), image_columns: Int64(columns.outputCount),
        channels: Int64(outputs), rows_before: Int64(rows.size - 1 - rows.before),
        columns_before: Int64(columns.size - 1 - columns.before),
        output_rows: Int64(rows.inputCount), output_columns: Int64(columns.inputCount),
        outputs: Int64(inputs)))
  }

  private init?(_ shape: winograd) {
    self.shape = shape
    guard min(shape.channels, shape.outputs) >= WINOGRAD_CHANNELS else { return nil }
    guard withUnsafePointer(to: shape, { winograd_block_rows($0) }) > 0 else { return nil }
    // Tiles at an odd end are not whole, and the transforms cost a tenth of the products or more.
    let positions = Int(shape.output_rows * shape.output_columns)
    guard 10 * tiles * Int(WINOGRAD_PRODUCTS) <= 7 * positions * 9 else { return nil }
  }

  private static func suits(_ rows: KernelAxis, _ columns: KernelAxis) -> Bool {
    [rows, columns].allSatisfy { $0.size == 3 && $0.step == 1 }
  }

  /// The rows of tiles of an image.
  private var tileRows: Int { withUnsafePointer(to: shape) { Int(winograd_rows($0)) } }
  /// The tiles of a row.
  private var tileColumns: Int { withUnsafePointer(to: shape) { Int(winograd_columns($0)) } }
  /// The tiles of an image.
  var tiles: Int { tileRows * tileColumns }
  /// The products of an image.
  var products: Int { tiles * weightCount }
  /// The transformed weights.
  var weightCount: Int { Int(WINOGRAD_PRODUCTS * Int(shape.channels * shape.outputs)) }
  /// The floats of scratch memory of ``convolve(_:count:weights:scratch:into:)``.
  var scratchCount: Int { Int(winograd_scratch()) }
  /// The floats of scratch memory of
  /// ``weightGradient(_:count:chain:gradients:scratch:into:)``.
  var gradientScratchCount: Int {
    withUnsafePointer(to: shape) { Int(winograd_gradient_scratch($0)) }
  }

  /// The number of chains that the sum over an image's tiles is cut into.
  ///
  /// No chain has more than `PRODUCT_DEPTH` terms as long as a row has no more tiles.
  var chainsPerImage: Int {
    let rows = max(Int(PRODUCT_DEPTH) / tileColumns, 1)
    return (tileRows + rows - 1) / rows
  }

  /// The rows of tiles of one of an image's chains.
  private func tileRows(ofChain index: Int) -> Range<Int> {
    slice(index, of: chainsPerImage, count: tileRows)
  }

  /// The rows of the output that belong to one of an image's chains.
  func outputRows(ofChain index: Int) -> Range<Int> {
    let rows = tileRows(ofChain: index)
    return 2 * rows.lowerBound..<min(2 * rows.upperBound, Int(shape.output_rows))
  }

  /// Transforms a part of the weights.
  ///
  /// - Parameters:
  ///   - part: The part.
  ///   - parts: How many there are.
  ///   - weights: (3, 3, channels, outputs), in panels.
  ///   - transformed: Receives the transformed weights (``weightCount``).
  func transformWeights(
    part: Int, of parts: Int, _ weights: UnsafePointer<Float>,
    into transformed: UnsafeMutablePointer<Float>
  ) {
    let channels = slice(part, of: parts, count: Int(shape.channels))
    kernel_winograd_weights(
      shape.channels, shape.outputs, Int64(channels.lowerBound), Int64(channels.upperBound),
      weights, transformed)
  }

  /// Convolves some images.
  ///
  /// - Parameters:
  ///   - images: (count, image).
  ///   - count: The number of images.
  ///   - weights: The transformed weights.
  ///   - scratch: ``scratchCount`` floats.
  ///   - outputs: (count, output), overwritten.
  func convolve(
    _ images: UnsafePointer<Float>, count: Int, weights: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, into outputs: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: shape) {
      kernel_winograd($0, Int64(count), images, weights, scratch, outputs)
    }
  }

  /// Computes the gradient of the weights over one chain: some images, or one of the chains of an
  /// image.
  ///
  /// - Parameters:
  ///   - images: (count, image).
  ///   - count: The number of images; 1 if ``chainsPerImage`` is more than 1.
  ///   - chain: Which of the image's chains.
  ///   - gradients: (count, output).
  ///   - scratch: ``gradientScratchCount`` floats.
  ///   - weights: The gradient, (3, 3, channels, outputs) in panels, overwritten.
  func weightGradient(
    _ images: UnsafePointer<Float>, count: Int, chain: Int, gradients: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, into weights: UnsafeMutablePointer<Float>
  ) {
    let rows = tileRows(ofChain: chain)
    let last = (count - 1) * tileRows
    withUnsafePointer(to: shape) {
      kernel_winograd_gradient(
        $0, Int64(rows.lowerBound), Int64(last + rows.upperBound), images, gradients, scratch,
        weights)
    }
  }
}
