/// `flatten`: the values of a sample in one row, in the order of memory.
///
/// It costs nothing: the layers after it read the same memory as another shape.
package struct FlattenKind: LayerKind {
  package static let keyword = "flatten"
  package static let syntax = keyword
  package static let isModifier = false

  /// Creates a kind; it has no settings.
  package init() {}

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  package var text: String { Self.keyword }
  package var role: LayerRole { .other }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    Shape(input.count)
  }

  package func add(to builder: inout NetworkBuilder) {
    builder.reshape(to: Shape(builder.shape.count))
  }
}
