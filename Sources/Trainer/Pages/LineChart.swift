/// A chart of figures over epochs or workers, as inline SVG with a legend.
package struct LineChart: Sendable {
  /// A figure: x in the horizontal axis's unit, y in the chart's.
  package struct Point: Sendable, Equatable {
    package var x: Double
    var y: Double
    /// What y may be as well; nil if that is not known.
    var interval: ClosedRange<Double>?
    /// Whether its mark is hollow, which the chart's words explain.
    var isHollow = false

    /// Creates one from its parts.
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
    /// Its name in the legend and in words.
    let name: String
    let points: [Point]

    /// Creates one from its parts.
    package init(style: LineStyle, name: String, points: [Point]) {
      self.style = style
      self.name = name
      self.points = points
    }
  }

  /// A name that no other chart of the page has.
  let identifier: String
  /// What it shows, with the unit.
  let title: String
  let lines: [Line]
  let bounds: AxisScale.Bounds
  /// How many parts the marks of the vertical axis make, about.
  var parts = 5
  /// What the points lie along.
  var axis = HorizontalAxis.epochs
  /// What hollow marks mean; shown where there are any.
  var hollowName = ""
  /// How a value is said.
  let text: @Sendable (Double) -> String

  /// Creates one from its parts.
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
  /// More marks than this would hide the line.
  private static let markLimit = 40
  /// More points than this cannot be told apart.
  private static let pointLimit = 500

  /// The chart with its heading and legend.
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

  /// The axes' ranges.
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
      for tick in scales.x.ticks {
        let x = coordinate(horizontal(tick, scales.x))
        Markup("line", ["x1": x, "x2": x, "y1": "208", "y2": "212"])
        Markup("text", ["class": "x", "x": x, "y": "226"]) { scales.x.label(tick) }
      }
      Markup("text", ["class": "x", "x": "242", "y": "245"]) { axis.title }
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

  /// A bar from one end of each interval to the other.
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

  /// The path of a line; it breaks where a value is none.
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

  /// Means of runs of points, where there are too many to see.
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
