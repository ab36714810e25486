import Files

/// `dropout2d P`: dropout with that probability to drop a channel of an image.
package struct ChannelDropoutKind: LayerKind {
  package static let keyword = "dropout2d"
  package static let syntax = "dropout2d P"
  package static let isModifier = true

  /// The probability to drop a channel, at least 0 and less than 1.
  package let rate: Double

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    rate = try parser.probability("the probability P of dropout2d")
  }

  package var text: String { "\(Self.keyword) \(rate)" }
  package var role: LayerRole { .other }
  /// Nothing is dropped if the rate is 0.
  package var isIdentity: Bool { rate == 0 }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    _ = try input.image(for: text, advice: ", or use `\(DropoutKind(rate: rate).text)`")
    return input
  }

  /// Adds the layer; its number among the network's dropouts of all kinds selects its random
  /// numbers.
  package func add(to builder: inout NetworkBuilder) {
    let number = builder.number(DropoutKind.keyword)
    builder.append(
      ChannelDropout(
        name: "\(Self.keyword)\(number)", shape: builder.shape, rate: rate,
        mode: builder.dropoutMode, number: UInt32(number), seed: builder.seed))
  }
}
