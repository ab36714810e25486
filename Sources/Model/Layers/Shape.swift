/// The extents of one sample's values, outermost first; batches put the row before them.
public struct Shape: Sendable, Equatable, CustomStringConvertible {
  /// The extents.
  public let extents: [Int]

  /// Creates a shape.
  ///
  /// - Parameter extents: Outermost first, each at least 1.
  public init(_ extents: Int...) {
    self.extents = extents
  }

  /// How many values a sample has.
  public var count: Int { extents.reduce(1, *) }

  /// The extents with times signs, such as `28x28`.
  public var description: String { extents.map(String.init).joined(separator: "x") }
}
