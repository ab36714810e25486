/// `silu`: the sigmoid linear unit, `x / (1 + e^-x)`.
package struct SiLUKind: LayerKind {
  package static let keyword = "silu"
  package static let syntax = keyword
  package static let isModifier = true

  /// Creates a kind; it has no settings.
  package init() {}

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  package var text: String { Self.keyword }
  package var role: LayerRole { .activation }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(SiLU(name: builder.name(Self.keyword), shape: builder.shape))
  }
}
