/// A remark about a single point, shown as a sign in tables.
enum PointMark: Hashable, Sendable {
  /// More workers than CPUs.
  case oversubscribed
  /// More workers than physical cores.
  case sharesCores
  /// No difference in rate to the previous point, which has this number of workers.
  case sameAs(Int)
  /// Products faster than the FMA peak.
  case abovePeak

  /// The sign in a narrow column of a table.
  var sign: String {
    switch self {
    case .oversubscribed: "o"
    case .sharesCores: "c"
    case .sameAs(let workers): "= \(workers)"
    case .abovePeak: "?"
    }
  }

  /// The remark as words.
  var words: String {
    switch self {
    case .oversubscribed: "more workers than CPUs"
    case .sharesCores: "workers share cores"
    case .sameAs(let workers): "no difference to \(workers) shown"
    case .abovePeak: "the FMA peak was disturbed"
    }
  }

  /// Explains the signs of some points.
  ///
  /// - Parameter marks: The marks of all points.
  /// - Returns: One sentence for each kind of mark that occurs.
  static func explanations(of marks: [PointMark]) -> [String] {
    var sentences: [String] = []
    if marks.contains(.oversubscribed) {
      sentences.append("o: more workers than CPUs, so that the scheduler is measured too.")
    }
    if marks.contains(.sharesCores) {
      sentences.append("c: more workers than physical cores, so that some share one.")
    }
    if marks.contains(where: { if case .sameAs = $0 { true } else { false } }) {
      sentences.append(
        "= N: the interval overlaps that of N workers, the point before, or there are too few "
          + "repeats for one: no difference in the rate is shown.")
    }
    if marks.contains(.abovePeak) {
      sentences.append(
        "?: more than the FMA peak, which is impossible: something else computed when the peak was "
          + "measured.")
    }
    return sentences
  }
}

extension ScalingSeries {
  /// The number of workers of the previous point, if no difference in rate is shown.
  ///
  /// - Parameter index: The index of the point.
  /// - Returns: The number of workers; nil for the first point, and if a difference is shown.
  func workersWithSameRate(at index: Int) -> Int? {
    guard index > 0 else { return nil }
    let before = points[index - 1]
    return points[index].samplesPerSecond.isIndistinguishable(from: before.samplesPerSecond)
      ? before.configuration.workers : nil
  }

  /// The marks of a point.
  ///
  /// - Parameter index: The index of the point.
  /// - Returns: The marks, the most important first. Points with more workers than CPUs are not
  ///   marked for shared cores.
  func marks(at index: Int) -> [PointMark] {
    let point = points[index]
    var marks: [PointMark] = []
    if point.isOversubscribed {
      marks.append(.oversubscribed)
    } else if point.sharesCores {
      marks.append(.sharesCores)
    }
    if let workers = workersWithSameRate(at: index) { marks.append(.sameAs(workers)) }
    if let share = point.peakShare, share.median > 1 { marks.append(.abovePeak) }
    return marks
  }
}
