/// `flatten`: the values of a sample in one row, in the order of memory.
///
/// It costs nothing: the layers after it read the same memory as another shape.
package struct FlattenKind: KeywordKind {
  package static let keyword = "flatten"
  package static let isModifier = false

  /// Creates a kind; it has no settings.
  package init() {}

  package var role: LayerRole { .other }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    Shape(input.count)
  }

  package func add(to builder: inout NetworkBuilder) {
    builder.reshape(to: Shape(builder.shape.count))
  }
}
