/// The weights that resize one axis of an image to another number of rows or columns.
///
/// Each new value is a weighted mean of old ones. The weights are integers, so that a mean is
/// rounded only once and is the same on every machine.
struct AxisWeights: Sendable {
  /// The weights of one new value.
  struct Mean: Sendable {
    /// The index of the first old value.
    let start: Int
    /// The weights of the old values from `start` on, whose sum is ``sum``.
    let weights: [Int]
  }

  /// The mean for each new value (count).
  let means: [Mean]
  /// The sum of the weights of each mean.
  let sum: Int

  /// Chooses the weights.
  ///
  /// For fewer values, a value is the mean over the part of the axis that it covers: its weights
  /// are the lengths of old values in that part. For more, it is interpolated linearly between the
  /// centers of the two old values beside its own; beyond the outer centers it is the outer value.
  ///
  /// - Parameters:
  ///   - old: The number of old values, at least 1.
  ///   - new: The number of new values, at least 1.
  init(from old: Int, to new: Int) {
    sum = new <= old ? old : 2 * new
    means = (0..<new).map { new <= old ? Self.area($0, old, new) : Self.linear($0, old, new) }
  }

  /// An old value is `new` long and a new one `old` long, so that all lengths are integers.
  private static func area(_ index: Int, _ old: Int, _ new: Int) -> Mean {
    let (low, high) = (index * old, (index + 1) * old)
    let start = low / new
    let end = (high + new - 1) / new
    return Mean(
      start: start,
      weights: (start..<end).map { min(high, ($0 + 1) * new) - max(low, $0 * new) })
  }

  /// Positions are in units of half a new value.
  private static func linear(_ index: Int, _ old: Int, _ new: Int) -> Mean {
    let position = (2 * index + 1) * old - new
    if position <= 0 { return Mean(start: 0, weights: [2 * new]) }
    let start = position / (2 * new)
    if start >= old - 1 { return Mean(start: old - 1, weights: [2 * new]) }
    let share = position - start * 2 * new
    return Mean(start: start, weights: [2 * new - share, share])
  }
}
