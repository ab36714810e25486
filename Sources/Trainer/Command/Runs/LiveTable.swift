/// Lines on a terminal that are drawn over the earlier ones.
struct LiveTable {
  private var drawn: [String] = []

  /// Draws lines if they have changed.
  ///
  /// - Parameters:
  ///   - lines: The lines.
  ///   - isLast: Whether they remain. All are then drawn, complete; before, only what fits the
  ///     terminal, since only that can be drawn over.
  /// - Throws: `TrainerError` if they cannot be written.
  mutating func draw(_ lines: [String], isLast: Bool) throws {
    let rows = Console.resultRows
    var shown = lines
    if !isLast, lines.count >= rows {
      shown = lines.prefix(max(1, rows - 2)) + ["and \(lines.count - max(1, rows - 2)) more"]
    }
    guard isLast || shown != drawn else { return }
    try Console.redrawResults(shown, over: drawn.count, wraps: isLast)
    drawn = shown
  }
}
