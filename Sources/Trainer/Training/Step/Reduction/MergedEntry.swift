/// A tensor whose gradient is the result of a merge of partial results.
struct MergedEntry: Sendable {
  /// The layer's index.
  let layer: Int
  /// The range in the flat buffers, in floats.
  let range: Range<Int>
  /// Whether weight decay applies.
  let decays: Bool

  /// The entry in parts of at most 16,384 parameters, which workers can share.
  var pieces: [MergedEntry] {
    stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize).map {
      MergedEntry(
        layer: layer, range: $0..<min($0 + Self.pieceSize, range.upperBound), decays: decays)
    }
  }

  private static let pieceSize = 1 << 14
}
