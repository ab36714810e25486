/// `bn`: batch normalisation.
package struct BatchNormKind: LayerKind {
  package static let keyword = "bn"
  package static let syntax = keyword
  package static let isModifier = true

  /// Creates a kind; it has no settings.
  package init() {}

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  package var text: String { Self.keyword }
  package var role: LayerRole { .normalisation }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(BatchNorm(name: builder.name("batchnorm"), shape: builder.shape))
  }
}
