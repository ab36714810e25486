import Files

/// `dropout P`: dropout with that probability to drop a unit.
package struct DropoutKind: LayerKind {
  package static let keyword = "dropout"
  package static let syntax = "dropout P"
  package static let isModifier = true

  /// The probability to drop a unit, at least 0 and less than 1.
  package let rate: Double

  /// Creates a kind.
  ///
  /// - Parameter rate: The probability to drop a unit, at least 0 and less than 1.
  package init(rate: Double) {
    precondition((0..<1).contains(rate), "a dropout rate is at least 0 and less than 1")
    self.rate = rate
  }

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    rate = try parser.probability("the probability P of dropout")
  }

  package var text: String { "\(Self.keyword) \(rate)" }
  package var role: LayerRole { .other }
  /// Nothing is dropped if the rate is 0.
  package var isIdentity: Bool { rate == 0 }

  /// Adds the layer; its number among the network's dropouts selects its random numbers.
  package func add(to builder: inout NetworkBuilder) {
    let number = builder.number("dropout")
    builder.append(
      Dropout(
        name: "dropout\(number)", shape: builder.shape, rate: rate, mode: builder.dropoutMode,
        number: UInt32(number), seed: builder.seed))
  }
}
