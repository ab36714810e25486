/// The interval between checkpoints within an epoch.
///
/// One is also written at the end of each epoch.
package enum CheckpointInterval: Sendable, Equatable, CustomStringConvertible {
  /// After this number of steps.
  case steps(Int)
  /// After this number of seconds.
  case seconds(Double)

  /// Parses a number of steps, such as `500`, or a duration, such as `30s`, `10m` or `1.5h`.
  ///
  /// - Parameter text: The text. Any other text, and zero, give nil.
  package init?(_ text: String) {
    if let steps = Int(text) {
      guard steps >= 1 else { return nil }
      self = .steps(steps)
      return
    }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()) else {
      return nil
    }
    let seconds = count * unit
    guard seconds > 0, seconds.isFinite else { return nil }
    self = .seconds(seconds)
  }

  /// The interval in the form that ``init(_:)`` parses, in steps or seconds.
  package var description: String {
    switch self {
    case .steps(let count): "\(count)"
    case .seconds(let count): "\(count)s"
    }
  }
}
