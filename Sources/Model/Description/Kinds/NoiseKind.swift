import Files

/// `noise D`: Gaussian noise with that standard deviation.
package struct NoiseKind: LayerKind {
  package static let keyword = "noise"
  package static let syntax = "noise D"
  package static let isModifier = true

  /// The noise's standard deviation, from 0 to 1000.
  package let deviation: Double

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    deviation = try parser.number("the standard deviation D of noise", in: 0...1000)
  }

  package var text: String { "\(Self.keyword) \(deviation)" }
  package var role: LayerRole { .other }
  /// Nothing is added if the deviation is 0.
  package var isIdentity: Bool { deviation == 0 }

  /// Adds the layer; its number among the network's noise layers selects its random numbers.
  package func add(to builder: inout NetworkBuilder) {
    let number = builder.number(Self.keyword)
    builder.append(
      GaussianNoise(
        name: "\(Self.keyword)\(number)", shape: builder.shape, deviation: deviation,
        number: UInt32(number), seed: builder.seed))
  }
}
