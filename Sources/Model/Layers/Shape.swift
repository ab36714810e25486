/// The extents of one sample's values, outermost first; batches put the row before them.
package struct Shape: Sendable, Equatable, CustomStringConvertible {
  /// The extents.
  package let extents: [Int]

  /// Creates a shape.
  ///
  /// - Parameter extents: Outermost first, each at least 1.
  package init(_ extents: Int...) {
    self.init(extents)
  }

  /// Creates a shape.
  ///
  /// - Parameter extents: Outermost first, each at least 1.
  package init(_ extents: [Int]) {
    self.extents = extents
  }

  /// The number of values of a sample.
  package var count: Int { extents.reduce(1, *) }

  /// The extents with times signs, such as `28x28x1`.
  package var description: String { extents.map(String.init).joined(separator: "x") }
}
