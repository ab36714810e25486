/// `pool SIZE [stride S]`: the greatest value of each window, for each channel.
package struct MaxPoolKind: LayerKind {
  package static let keyword = "pool"
  package static let syntax = "pool SIZE [stride S]"
  package static let isModifier = false

  /// The windows.
  package let settings: PoolSettings

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {
    settings = try PoolSettings(parsing: &parser, Self.keyword)
  }

  package var text: String { "\(Self.keyword) \(settings.text)" }
  package var role: LayerRole { .other }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    try settings.windows(over: input, for: text).outputShape
  }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(
      MaxPool(name: builder.name(Self.keyword), windows: settings.windows(over: builder.shape)))
  }
}
