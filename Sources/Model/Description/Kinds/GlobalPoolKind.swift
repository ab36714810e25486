/// `globalpool`: the mean of each channel over the whole image.
///
/// Source: Lin, Chen and Yan 2014.
package struct GlobalPoolKind: KeywordKind {
  package static let keyword = "globalpool"
  package static let isModifier = false

  /// Creates a kind; it has no settings.
  package init() {}

  package var role: LayerRole { .other }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    Shape(1, 1, try input.image(for: text).channels)
  }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(
      AveragePool(name: builder.name(Self.keyword), windows: .whole(image: builder.shape)))
  }
}
