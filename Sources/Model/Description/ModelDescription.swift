import Files

/// The layers of a network between its input and its classifier, as a text describes them.
///
/// ```
/// model    = "none" | item {"," item}
/// item     = layer {modifier}
/// ```
/// `LayerKinds` lists the layers and modifiers, such as `dense UNITS` and `relu`. For example
/// `dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2`. Modifiers apply in the order
/// written. Printing and parsing are inverse.
public struct ModelDescription: Sendable {
  /// The most layers that a description may have, nested ones and modifiers included.
  package static let maximumLayers = 10_000

  /// The items from the input on.
  package let items: [ModelItem]

  /// Creates a description.
  ///
  /// - Parameter items: The items from the input on.
  package init(_ items: [ModelItem]) {
    self.items = items
  }

  /// Parses a text.
  ///
  /// Upper and lower case are the same.
  ///
  /// - Parameter text: The description.
  /// - Throws: `SyntaxError` with the place, what was found and what was expected.
  public init(_ text: String) throws(SyntaxError) {
    var parser = ModelParser(text)
    items = try parser.wholeModel()
  }

  /// Every layer and modifier in reading order, nested ones included.
  package var kinds: [any LayerKind] {
    items.flatMap(\.kinds).flatMap { [$0] + ModelDescription($0.nested).kinds }
  }

  /// Whether a layer normalizes by the batch; a batch of one sample, which has no variance, cannot
  /// be trained on then.
  package var hasBatchNorm: Bool { kinds.contains { $0.role == .normalization } }

  /// Whether a layer is a convolution.
  package var hasConvolution: Bool { kinds.contains { $0 is ConvKind } }

  /// Whether units or channels are dropped in training.
  package var hasDropout: Bool {
    kinds.contains { $0 is DropoutKind || $0 is ChannelDropoutKind }
  }

  /// The shape of the last item's output.
  ///
  /// - Parameter input: The shape of one sample's input.
  /// - Returns: The shape of one sample's output.
  /// - Throws: ``ModelShapeError`` if a layer cannot take the shape before it.
  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    var shape = input
    var giver: (any LayerKind)?
    for item in items {
      for kind in item.kinds {
        do throws(ModelShapeError) {
          shape = try kind.outputShape(for: shape)
        } catch {
          // The first layer of a block takes what is before the block, which the caller knows.
          throw giver.map { error.given(by: "`\($0.text.prefix(80))`") } ?? error
        }
        giver = kind
      }
    }
    return shape
  }
}

extension ModelDescription: CustomStringConvertible, Equatable, Codable {
  /// The text, `none` for no layers.
  public var description: String {
    items.isEmpty ? ModelParser.noLayers : items.map(\.text).joined(separator: ", ")
  }

  /// Whether two descriptions have the same text.
  public static func == (one: Self, other: Self) -> Bool { one.description == other.description }

  /// Encodes the text.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Decodes a text.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: What the decoder throws, or `SyntaxError`.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }
}

/// A layer and the modifiers that follow it.
package struct ModelItem: Sendable {
  /// The layer, then its modifiers.
  package let kinds: [any LayerKind]

  /// Creates an item.
  ///
  /// - Parameter kinds: The layer, then its modifiers; those that change nothing are left out.
  package init(_ kinds: [any LayerKind]) {
    self.kinds = kinds.filter { !$0.isIdentity }
  }

  /// The text, such as `dense 512 bn relu`.
  package var text: String { kinds.map(\.text).joined(separator: " ") }
}

extension [ModelItem] {
  /// Every layer and modifier, nested ones included.
  fileprivate var kinds: [any LayerKind] { ModelDescription(self).kinds }
}
