import Files

/// `dense UNITS`: a linear map to that many units.
package struct DenseKind: LayerKind {
  /// The allowed numbers of units.
  package static let allowedUnits = 1...65_536

  package static let keyword = "dense"
  package static let syntax = "dense UNITS"
  package static let isModifier = false

  /// The values of one sample's output.
  package let units: Int

  /// Creates a kind.
  ///
  /// - Parameter units: The values of one sample's output, in ``allowedUnits``.
  package init(units: Int) {
    precondition(Self.allowedUnits.contains(units), "a dense layer has units")
    self.units = units
  }

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    units = try parser.integer("the UNITS of dense", in: Self.allowedUnits)
  }

  package var text: String { "\(Self.keyword) \(units)" }
  package var role: LayerRole { .weights }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape { Shape(units) }

  /// Adds the layer without a bias if a normalization follows, which would remove it.
  package func add(to builder: inout NetworkBuilder) {
    let inputCount = builder.shape.count
    builder.append(
      Linear(
        name: builder.name("dense"), inputCount: inputCount, outputCount: units,
        hasBias: builder.following.first?.role != .normalization,
        initializer: builder.weightInitializer(fanIn: inputCount, fanOut: units),
        engine: builder.engine))
  }
}
