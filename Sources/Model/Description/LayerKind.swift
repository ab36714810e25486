import Files

/// A kind of layer or modifier that a ``ModelDescription`` can name, with its settings.
///
/// A new kind is a type of its own and one entry in ``LayerKinds``.
package protocol LayerKind: Sendable {
  /// The word that the text starts with.
  static var keyword: String { get }
  /// The keyword and its settings, for help and messages, such as `dense UNITS`.
  static var syntax: String { get }
  /// Whether it follows a layer, such as `relu`, or stands at the start of an item.
  static var isModifier: Bool { get }

  /// Parses the settings after the keyword.
  ///
  /// - Parameter parser: The parser, positioned after the keyword.
  /// - Throws: ``SyntaxError``.
  init(parsing parser: inout ModelParser) throws(SyntaxError)
  /// The text that the kind is parsed from.
  var text: String { get }
  /// The effect of the kind on the layers before it.
  var role: LayerRole { get }
  /// The items inside the kind; none for most.
  var nested: [ModelItem] { get }
  /// Whether the network is the same without the layer, so that a description leaves it out.
  var isIdentity: Bool { get }

  /// The shape that the layer gives.
  ///
  /// - Parameter input: The shape of one sample's input.
  /// - Returns: The shape of one sample's output.
  /// - Throws: ``ModelShapeError`` if the layer cannot take the input.
  func outputShape(for input: Shape) throws(ModelShapeError) -> Shape
  /// Adds the layer's nodes to a network.
  ///
  /// - Parameter builder: The network so far, whose output the layer takes.
  func add(to builder: inout NetworkBuilder)
}

/// Defaults, which most kinds use.
extension LayerKind {
  /// No items.
  package var nested: [ModelItem] { [] }
  /// The network differs.
  package var isIdentity: Bool { false }
  /// The input's shape.
  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape { input }
}

/// A kind that is its keyword alone, without settings.
package protocol KeywordKind: LayerKind {
  /// Creates the kind.
  init()
}

extension KeywordKind {
  /// The keyword.
  package static var syntax: String { keyword }
  /// Parses nothing.
  package init(parsing parser: inout ModelParser) throws(SyntaxError) { self.init() }
  /// The keyword.
  package var text: String { Self.keyword }
}

/// The effect of a layer on the layers before it.
package enum LayerRole: Sendable {
  /// It has weights.
  case weights
  /// It subtracts the mean, so that a bias directly before it has no effect.
  case normalization
  /// It is an activation: weights before it start with He's variance.
  case activation
  /// It has no effect on them.
  case other
}

/// The kinds of layers that descriptions may have.
package enum LayerKinds {
  /// All kinds, layers first.
  package static let all: [any LayerKind.Type] = [
    DenseKind.self, ConvKind.self, MaxPoolKind.self, AveragePoolKind.self, GlobalPoolKind.self,
    FlattenKind.self, ResidualKind.self, BatchNormKind.self, ReLUKind.self, LeakyReLUKind.self,
    GELUKind.self, SiLUKind.self, DropoutKind.self, ChannelDropoutKind.self,
    NoiseKind.self,
  ]

  /// The syntax of all layers or of all modifiers, for messages.
  ///
  /// - Parameter isModifier: Whether modifiers are meant.
  /// - Returns: A list such as `dense UNITS, residual(MODEL)`.
  package static func syntax(isModifier: Bool) -> String {
    all.filter { $0.isModifier == isModifier }.map { $0.syntax }.joined(separator: ", ")
  }
}
