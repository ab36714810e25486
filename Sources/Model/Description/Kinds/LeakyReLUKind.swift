/// `leaky`: the rectifier with a slope of 0.01 below 0.
package struct LeakyReLUKind: LayerKind {
  package static let keyword = "leaky"
  package static let syntax = keyword
  package static let isModifier = true

  /// Creates a kind; it has no settings.
  package init() {}

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  package var text: String { Self.keyword }
  package var role: LayerRole { .activation }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(LeakyReLU(name: builder.name(Self.keyword), shape: builder.shape))
  }
}
