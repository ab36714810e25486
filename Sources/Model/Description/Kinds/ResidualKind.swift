import Files

/// `residual(MODEL)`: a block of layers whose input is added to its output.
///
/// If their shapes differ, a projection brings the input to the output's: a dense layer for a
/// vector, a convolution of one row and column for an image, normalized if the block ends with a
/// normalization.
///
/// Source: He, Zhang, Ren and Sun 2016, projection shortcuts (option B).
package struct ResidualKind: LayerKind {
  package static let keyword = "residual"
  package static let syntax = "residual(MODEL)"
  package static let isModifier = false

  /// The block's items, at least one.
  package let nested: [ModelItem]

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    nested = try parser.parenthesized()
  }

  package var text: String { "\(Self.keyword)(\(ModelDescription(nested)))" }
  package var role: LayerRole { .weights }

  /// The block's output.
  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    let output = try ModelDescription(nested).outputShape(for: input)
    guard projection(from: input, to: output) != nil else {
      throw ModelShapeError(
        "\(text.prefix(80)): the block gives \(output), its input is \(input); no stride brings "
          + "the input's rows and columns to the output's, so that they cannot be added")
    }
    return output
  }

  /// The layers that bring the input to the output's shape; nil if there are none.
  private func projection(from input: Shape, to output: Shape) -> [any LayerKind]? {
    let extents = (input.extents, output.extents)
    if extents.0 == extents.1 { return [] }
    let layer: any LayerKind
    if extents.1.count == 1 {
      if input.count == output.count { return [] }
      layer = DenseKind(units: output.count)
    } else if extents.0.count == 3, extents.1.count == 3 {
      let step = (extents.0[0] + extents.1[0] - 1) / extents.1[0]
      guard (0..<2).allSatisfy({ (extents.0[$0] + step - 1) / step == extents.1[$0] }) else {
        return nil
      }
      layer = ConvKind(channels: extents.1[2], size: 1, step: step)
    } else {
      return nil
    }
    let isNormalized = nested.last?.kinds.last?.role == .normalization
    return [layer] + (isNormalized ? [BatchNormKind()] : [])
  }

  /// Adds the block's layers, those of the projection, then the sum of both.
  package func add(to builder: inout NetworkBuilder) {
    let (input, inputShape) = (builder.output, builder.shape)
    let following: [any LayerKind] = [BlockEnd()] + Array(builder.following)
    builder.add(nested, then: following)
    let (block, shape) = (builder.output, builder.shape)
    var shortcut = input
    if let projection = projection(from: inputShape, to: shape), !projection.isEmpty {
      builder.resume(at: input, shape: inputShape)
      builder.add([ModelItem(projection)], then: following)
      shortcut = builder.output
      builder.resume(at: block, shape: shape)
    }
    builder.append(ElementwiseSum(name: builder.name("sum"), shape: shape), secondInput: shortcut)
  }
}

/// The end of a block, for the layers before it: their output is added to, not normalized.
private struct BlockEnd: LayerKind {
  static let keyword = ")"
  static let syntax = keyword
  static let isModifier = true

  init() {}

  init(parsing parser: inout ModelParser) throws(SyntaxError) {}

  var text: String { Self.keyword }
  var role: LayerRole { .other }

  func add(to builder: inout NetworkBuilder) {}
}
