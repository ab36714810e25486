/// `gelu`: the Gaussian error linear unit.
package struct GELUKind: LayerKind {
  package static let keyword = "gelu"
  package static let syntax = keyword
  package static let isModifier = true

  /// Creates a kind; it has no settings.
  package init() {}

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  package var text: String { Self.keyword }
  package var role: LayerRole { .activation }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(GELU(name: builder.name(Self.keyword), shape: builder.shape))
  }
}
