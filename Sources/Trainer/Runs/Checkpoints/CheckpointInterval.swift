/// How often a checkpoint is made, beside each epoch's end.
package enum CheckpointInterval: Sendable, Equatable, CustomStringConvertible {
  /// After so many steps.
  case steps(Int)
  /// After so many seconds.
  case seconds(Double)

  /// Reads `500`, `30s`, `10m` or `1.5h`.
  ///
  /// - Parameter text: The text; nil is the result for any other, and for zero.
  package init?(_ text: String) {
    if let steps = Int(text) {
      guard steps >= 1 else { return nil }
      self = .steps(steps)
      return
    }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()),
      count > 0, count.isFinite
    else { return nil }
    self = .seconds(count * unit)
  }

  /// As it is read, in steps or seconds.
  package var description: String {
    switch self {
    case .steps(let count): "\(count)"
    case .seconds(let count): "\(count)s"
    }
  }
}
