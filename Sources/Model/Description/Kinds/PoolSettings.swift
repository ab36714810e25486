/// The settings of a pool, `SIZE [stride S]`: windows of SIZE x SIZE that are moved by S, by default SIZE.
package struct PoolSettings: Sendable {
  /// The allowed sizes and strides.
  private static let allowed = 1...1_024

  /// The rows and columns of a window.
  package let size: Int
  /// How far a window is from the next one.
  package let stride: Int

  /// Parses the settings.
  ///
  /// - Parameters:
  ///   - parser: The parser, positioned after the keyword.
  ///   - keyword: The keyword, for messages.
  /// - Throws: ``ModelTextError``.
  init(parsing parser: inout ModelParser, _ keyword: String) throws(ModelTextError) {
    size = try parser.integer("the SIZE of \(keyword)", in: Self.allowed)
    stride =
      try parser.options(.integer("stride", "S", of: keyword, in: Self.allowed))["stride"] ?? size
  }

  /// The text, without a stride that is the default.
  var text: String { stride == size ? "\(size)" : "\(size) stride \(stride)" }

  /// The windows over an image.
  ///
  /// - Parameters:
  ///   - input: The shape of the image.
  ///   - layer: The text of the layer, for the message.
  /// - Returns: The windows.
  /// - Throws: ``ModelShapeError`` if the input is no image, or smaller than a window.
  func windows(over input: Shape, for layer: String) throws(ModelShapeError) -> PoolWindows {
    let (rows, columns, _) = try input.image(for: layer)
    guard size <= min(rows, columns) else {
      throw ModelShapeError(layer, takes: "images of at least \(size)x\(size)", found: input)
    }
    return PoolWindows(image: input, rows: size, columns: size, stride: stride)
  }

  /// The windows over an image whose shape has been checked.
  ///
  /// - Parameter input: The shape of the image.
  /// - Returns: The windows.
  func windows(over input: Shape) -> PoolWindows {
    PoolWindows(image: input, rows: size, columns: size, stride: stride)
  }
}
