/// `residual(MODEL)`: a block of layers whose input is added to its output.
///
/// Source: He, Zhang, Ren and Sun 2016.
package struct ResidualKind: LayerKind {
  package static let keyword = "residual"
  package static let syntax = "residual(MODEL)"
  package static let isModifier = false

  /// The block's items, at least one.
  package let nested: [ModelItem]

  package init(parsing parser: inout ModelParser) throws(ModelTextError) {
    nested = try parser.parenthesised()
  }

  package var text: String { "\(Self.keyword)(\(ModelDescription(nested)))" }
  package var role: LayerRole { .weights }

  /// The block's output, which must have as many values as its input.
  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    let output = try ModelDescription(nested).outputShape(for: input)
    guard output.count == input.count else {
      throw ModelShapeError(
        "\(text.prefix(80)): the block gives \(output), its input is \(input); they are added, so that both "
          + "must have as many values")
    }
    return output
  }

  /// Adds the block's layers, then the sum of the block's output and input.
  package func add(to builder: inout NetworkBuilder) {
    let input = builder.output
    builder.add(nested, then: [BlockEnd()] + Array(builder.following))
    builder.append(
      ElementwiseSum(name: builder.name("sum"), shape: builder.shape), secondInput: input)
  }
}

/// The end of a block, for the layers before it: their output is added to, not normalised.
private struct BlockEnd: LayerKind {
  static let keyword = ")"
  static let syntax = keyword
  static let isModifier = true

  init() {}

  init(parsing parser: inout ModelParser) throws(ModelTextError) {}

  var text: String { Self.keyword }
  var role: LayerRole { .other }

  func add(to builder: inout NetworkBuilder) {}
}
