import Files

/// `pool SIZE [stride S]`: the maximum of each window.
package typealias MaxPoolKind = PoolKind<WindowMaximum>
/// `avgpool SIZE [stride S]`: the mean of each window.
package typealias AveragePoolKind = PoolKind<WindowMean>

/// The keyword of a function and `SIZE [stride S]`: windows of SIZE x SIZE that are moved by S, by
/// default SIZE.
package struct PoolKind<Function: PoolFunction>: LayerKind {
  package static var keyword: String { Function.keyword }
  package static var syntax: String { "\(keyword) SIZE [stride S]" }
  package static var isModifier: Bool { false }

  /// The rows and columns of a window.
  private let size: Int
  /// The distance from a window to the next one.
  private let stride: Int

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    let allowed = 1...1_024
    size = try parser.integer("the SIZE of \(Self.keyword)", in: allowed)
    stride =
      try parser.options(.integer("stride", "S", of: Self.keyword, in: allowed))["stride"] ?? size
  }

  /// The text, without a stride that is the default.
  package var text: String {
    "\(Self.keyword) \(size)" + (stride == size ? "" : " stride \(stride)")
  }
  package var role: LayerRole { .other }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    let (rows, columns, _) = try input.image(for: text)
    guard size <= min(rows, columns) else {
      throw ModelShapeError(text, takes: "images of at least \(size)x\(size)", found: input)
    }
    return windows(over: input).outputShape
  }

  private func windows(over image: Shape) -> PoolWindows {
    PoolWindows(image: image, rows: size, columns: size, stride: stride)
  }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(
      Pool<Function>(name: builder.name(Self.keyword), windows: windows(over: builder.shape)))
  }
}
