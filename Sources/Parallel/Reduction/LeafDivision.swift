/// A run of leaves divided evenly into parts of whole units, such as the leaves of workers.
package struct LeafDivision: Sendable, Equatable {
  /// The leaves.
  package let leaves: Range<Int>
  /// The number of parts.
  package let partCount: Int
  /// The leaves of a unit, which is never divided.
  package let unit: Int

  /// Divides leaves.
  ///
  /// - Parameters:
  ///   - leaves: The leaves.
  ///   - partCount: The number of parts, at least 1.
  ///   - unit: The leaves of a unit, at least 1.
  @inlinable
  package init(_ leaves: Range<Int>, into partCount: Int, unit: Int = 1) {
    self.leaves = leaves
    self.partCount = partCount
    self.unit = unit
  }

  /// The leaves of a part.
  ///
  /// - Parameter index: The part, in `0..<partCount`.
  /// - Returns: The leaves, possibly none.
  @inlinable
  package func part(_ index: Int) -> Range<Int> {
    slice(index, of: partCount, range: leaves, alignment: unit)
  }

  /// The part that a leaf is in.
  ///
  /// - Parameter leaf: A leaf of the run.
  /// - Returns: The part.
  @inlinable
  package func part(of leaf: Int) -> Int {
    // The inverse of `slice`: the last part that starts at or before the leaf.
    let units = (leaves.count + unit - 1) / unit
    return (((leaf - leaves.lowerBound) / unit + 1) * partCount - 1) / units
  }
}
