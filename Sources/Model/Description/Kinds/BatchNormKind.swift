/// `bn`: batch normalization.
package struct BatchNormKind: KeywordKind {
  package static let keyword = "bn"
  package static let isModifier = true

  /// Creates a kind; it has no settings.
  package init() {}

  package var role: LayerRole { .normalization }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(BatchNorm(name: builder.name("batchnorm"), shape: builder.shape))
  }
}
