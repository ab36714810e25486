/// A line chart over epochs or workers, as inline SVG with a legend.
package struct LineChart: Sendable {
  /// A point: x in the unit of the horizontal axis, y in that of the chart.
  package struct Point: Sendable, Equatable {
    package var x: Double
    var y: Double
    /// The confidence interval of y; nil if unknown.
    var interval: ClosedRange<Double>?
    /// Whether its mark is hollow; the chart explains what that means.
    var isHollow = false

    /// Creates a point.
    package init(
      x: Double, y: Double, interval: ClosedRange<Double>? = nil, isHollow: Bool = false
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.isHollow = isHollow
    }
  }

  /// A line.
  package struct Line: Sendable {
    let style: LineStyle
    /// The name in the legend and in the description.
    let name: String
    let points: [Point]

    /// Creates a line.
    package init(style: LineStyle, name: String, points: [Point]) {
      self.style = style
      self.name = name
      self.points = points
    }
  }

  /// A name that is unique on the page.
  let identifier: String
  /// The title, with the unit.
  let title: String
  let lines: [Line]
  let bounds: AxisScale.Bounds
  /// The approximate number of parts between ticks of the vertical axis.
  var parts = 5
  /// The horizontal axis.
  var axis = HorizontalAxis.epochs
  /// The meaning of hollow marks; shown if there are any.
  var hollowName = ""
  /// The words for a value.
  let text: @Sendable (Double) -> String

  /// Creates a chart.
  package init(
    identifier: String,
    title: String,
    lines: [Line],
    bounds: AxisScale.Bounds,
    parts: Int = 5,
    axis: HorizontalAxis = .epochs,
    hollowName: String = "",
    text: @escaping @Sendable (Double) -> String
  ) {
    self.identifier = identifier
    self.title = title
    self.lines = lines
    self.bounds = bounds
    self.parts = parts
    self.axis = axis
    self.hollowName = hollowName
    self.text = text
  }

  private static let width = 440.0
  private static let height = 250.0
  private static let left = 56.0
  private static let right = 428.0
  private static let top = 10.0
  private static let bottom = 208.0
  /// With more marks than this, the line would be hidden.
  private static let markLimit = 40
  /// More points than this cannot be distinguished.
  private static let pointLimit = 500

  /// The chart with heading and legend, as HTML.
  package var markup: Markup {
    Markup("figure", ["class": "chart"]) {
      Markup("figcaption") {
        Markup("span", ["class": "title"]) { title }
        Markup("span", ["class": "keys"]) {
          legend
        }
      }
      drawing
    }
  }

  /// The ranges of the axes.
  private var scales: (x: AxisScale, y: AxisScale) {
    let points = lines.flatMap(\.points)
    let values = points.flatMap {
      [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    return (axis.scale(points.map(\.x)), AxisScale(covering: values, bounds: bounds, parts: parts))
  }

  private var drawing: Markup {
    let scales = scales
    return Markup(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img",
        "aria-labelledby": "\(identifier)-title \(identifier)-text",
      ]
    ) {
      Markup("title", ["id": "\(identifier)-title"]) { title }
      Markup("desc", ["id": "\(identifier)-text"]) { summary }
      axes(scales)
      for line in lines {
        intervals(line, scales)
        Markup("path", ["class": line.style.classes, "d": path(Self.thinned(line.points), scales)])
        if line.points.count <= Self.markLimit { marks(line, scales) }
      }
    }
  }

  private func axes(_ scales: (x: AxisScale, y: AxisScale)) -> Markup {
    Markup("g", ["class": "axes", "aria-hidden": "true"]) {
      for tick in scales.y.ticks {
        let y = coordinate(vertical(tick, scales.y))
        Markup(
          "line",
          ["x1": coordinate(Self.left), "x2": coordinate(Self.right), "y1": y, "y2": y])
        Markup("text", ["class": "y", "x": coordinate(Self.left - 6), "y": y, "dy": "0.35em"]) {
          scales.y.label(tick)
        }
      }
      let bottom = Int(Self.bottom)
      for tick in scales.x.ticks {
        let x = coordinate(horizontal(tick, scales.x))
        Markup("line", ["x1": x, "x2": x, "y1": "\(bottom)", "y2": "\(bottom + 4)"])
        Markup("text", ["class": "x", "x": x, "y": "\(bottom + 18)"]) { scales.x.label(tick) }
      }
      let middle = Int((Self.left + Self.right) / 2)
      Markup("text", ["class": "x", "x": "\(middle)", "y": "\(bottom + 37)"]) { axis.title }
    }
  }

  private func marks(_ line: Line, _ scales: (x: AxisScale, y: AxisScale)) -> Markup {
    guard let mark = line.style.mark else { return Markup([]) }
    return Markup("g", ["class": "marks \(line.style.classes)"]) {
      for point in line.points where point.y.isFinite {
        mark.markup(
          x: horizontal(point.x, scales.x), y: vertical(point.y, scales.y),
          isHollow: point.isHollow)
      }
    }
  }

  /// Bars from one end of each interval to the other.
  private func intervals(_ line: Line, _ scales: (x: AxisScale, y: AxisScale)) -> Markup {
    let bars = line.points.compactMap { point -> String? in
      guard let interval = point.interval else { return nil }
      let x = horizontal(point.x, scales.x)
      let (from, to) = (coordinate(x - 3), coordinate(x + 3))
      let low = coordinate(vertical(interval.lowerBound, scales.y))
      let high = coordinate(vertical(interval.upperBound, scales.y))
      return "M\(from) \(low)H\(to)M\(coordinate(x)) \(low)V\(high)M\(from) \(high)H\(to)"
    }
    return bars.isEmpty
      ? Markup([])
      : Markup("path", ["class": "\(line.style.classes) interval", "d": bars.joined()])
  }

  /// The path of a line; it is interrupted at values that are not finite.
  private func path(
    _ points: [Point], _ scales: (x: AxisScale, y: AxisScale)
  ) -> String {
    var words: [String] = []
    var isBroken = true
    for point in points {
      guard point.y.isFinite else {
        isBroken = true
        continue
      }
      words.append(
        (isBroken ? "M" : "L") + coordinate(horizontal(point.x, scales.x)) + " "
          + coordinate(vertical(point.y, scales.y)))
      isBroken = false
    }
    return words.joined()
  }

  private func horizontal(_ x: Double, _ scale: AxisScale) -> Double {
    Self.left + scale.position(x) * (Self.right - Self.left)
  }

  private func vertical(_ y: Double, _ scale: AxisScale) -> Double {
    Self.bottom - scale.position(y) * (Self.bottom - Self.top)
  }

  private func coordinate(_ value: Double) -> String { FigureText.fixed(value, 1) }

  /// Averages runs of points if there are too many to distinguish.
  static func thinned(_ points: [Point]) -> [Point] {
    let size = (points.count + pointLimit - 1) / pointLimit
    if size <= 1 { return points }
    return stride(from: 0, to: points.count, by: size).map { first in
      let part = points[first..<min(first + size, points.count)]
      let count = Double(part.count)
      return Point(
        x: part.reduce(0) { $0 + $1.x } / count, y: part.reduce(0) { $0 + $1.y } / count)
    }
  }
}

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
