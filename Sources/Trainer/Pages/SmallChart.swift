/// A line without axes, as large as a word, for a row of a table (a sparkline: Tufte 2006).
package struct SmallChart: Sendable {
  private static let width = 120.0
  private static let height = 26.0
  private static let margin = 3.0

  private let points: [(x: Double, y: Double)]
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private let label: String

  /// Creates a chart.
  ///
  /// - Parameters:
  ///   - points: The points by ascending x; those that are not finite are left out.
  ///   - xRange: The range of x, the same for all rows of a table.
  ///   - yRange: The range of y, the same for all rows of a table.
  ///   - label: What is shown, in words.
  package init(
    points: [(x: Double, y: Double)], xRange: ClosedRange<Double>, yRange: ClosedRange<Double>,
    label: String
  ) {
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.xRange = xRange
    self.yRange = yRange
    self.label = label
  }

  /// The chart as SVG; the last point is marked.
  package var markup: Markup {
    Markup(
      "svg",
      [
        "class": "small", "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img",
        "aria-label": label,
      ]
    ) {
      if let last = points.last {
        Markup("path", ["class": "test", "d": path])
        Markup(
          "circle",
          [
            "class": "end", "cx": coordinate(horizontal(last.x)),
            "cy": coordinate(vertical(last.y)),
            "r": "2.6",
          ])
      }
    }
  }

  private var path: String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(coordinate(horizontal(point.x))) \(coordinate(vertical(point.y)))"
    }.joined()
  }

  private func horizontal(_ x: Double) -> Double {
    Self.margin + share(x, of: xRange) * (Self.width - 2 * Self.margin)
  }

  private func vertical(_ y: Double) -> Double {
    Self.height - Self.margin - share(y, of: yRange) * (Self.height - 2 * Self.margin)
  }

  /// The place in a range, from 0 to 1; the middle of a range without length.
  private func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
    let length = range.upperBound - range.lowerBound
    return length > 0 ? (value - range.lowerBound) / length : 0.5
  }

  private func coordinate(_ value: Double) -> String { FigureText.fixed(value, 1) }
}
