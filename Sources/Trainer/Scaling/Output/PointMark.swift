/// What a reader has to know of a single point.
enum PointMark: Hashable, Sendable {
  /// More workers than CPUs.
  case oversubscribed
  /// More workers than physical cores.
  case sharesCores
  /// The rate's interval overlaps that of the point before, which has so many workers.
  case sameAs(Int)

  /// In a narrow column.
  var sign: String {
    switch self {
    case .oversubscribed: "o"
    case .sharesCores: "c"
    case .sameAs(let workers): "= \(workers)"
    }
  }

  /// In words.
  var words: String {
    switch self {
    case .oversubscribed: "more workers than CPUs"
    case .sharesCores: "workers share cores"
    case .sameAs(let workers): "no difference to \(workers) shown"
    }
  }

  /// What the signs of some points mean.
  ///
  /// - Parameter marks: Of all points.
  /// - Returns: A sentence for each kind of mark; none if there are no marks.
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
    return sentences
  }
}

extension ScalingSeries {
  /// The workers of the point before, where the rate's interval overlaps that of it.
  ///
  /// - Parameter index: Which point.
  /// - Returns: nil for the first point, and where a difference is shown.
  func workersWithSameRate(at index: Int) -> Int? {
    guard index > 0 else { return nil }
    let before = points[index - 1]
    return points[index].samplesPerSecond.overlaps(before.samplesPerSecond)
      ? before.configuration.workers : nil
  }

  /// A point's marks.
  ///
  /// - Parameter index: Which point.
  /// - Returns: Its marks, the gravest first; more workers than CPUs share cores anyway.
  func marks(at index: Int) -> [PointMark] {
    let point = points[index]
    var marks: [PointMark] = []
    if point.isOversubscribed {
      marks.append(.oversubscribed)
    } else if point.sharesCores {
      marks.append(.sharesCores)
    }
    if let workers = workersWithSameRate(at: index) { marks.append(.sameAs(workers)) }
    return marks
  }
}
