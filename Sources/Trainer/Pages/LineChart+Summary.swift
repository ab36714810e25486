extension LineChart {
  /// The description of the lines in words.
  var summary: String {
    lines.map { line in
      let known = line.points.filter(\.y.isFinite)
      guard let first = known.first, let last = known.last else {
        return "\(line.name): no values."
      }
      guard known.count > 1 else { return "\(line.name): \(text(first.y)) \(axis.text(first.x))." }
      let least = known.min { $0.y < $1.y } ?? first
      let greatest = known.max { $0.y < $1.y } ?? first
      return "\(line.name): \(text(first.y)) \(axis.text(first.x)), \(text(last.y)) "
        + "\(axis.text(last.x)); minimum \(text(least.y)), maximum \(text(greatest.y))."
    }.joined(separator: " ")
  }
}
