/// The look of a line: its classes in the style sheet, and the marks of its points.
package enum LineStyle: Hashable, Sendable {
  /// The curves of a run.
  case training, test, validation, other
  /// Measured series, numbered from 0; looks repeat after ``seriesLimit``.
  case series(Int)
  /// The ideal values of a series.
  case ideal
  /// Amdahl's law, fitted to the series with this number.
  case amdahl(Int)
  /// The Universal Scalability Law, fitted to the series with this number.
  case universal(Int)
  /// Predictions of a model for the series with this number.
  case predicted(Int)

  /// The number of series that can be distinguished, with and without color.
  package static let seriesLimit = 6

  /// The shape of a point's mark.
  enum Mark: Sendable {
    case circle, square, triangle, diamond, wedge, cross, saltire
  }

  /// The classes in the style sheet.
  package var classes: String {
    switch self {
    case .training: "training"
    case .test: "test"
    case .validation: "validation"
    case .other: "other"
    case .series(let index): Self.name(index)
    case .ideal: "ideal"
    case .amdahl(let index): "\(Self.name(index)) amdahl"
    case .universal(let index): "\(Self.name(index)) universal"
    case .predicted(let index): "\(Self.name(index)) predicted"
    }
  }

  /// The mark of its points; nil if points are not marked.
  var mark: Mark? {
    switch self {
    case .training, .test, .validation, .other: .circle
    case .series(let index):
      [.circle, .square, .triangle, .diamond, .wedge, .cross][index % Self.seriesLimit]
    case .predicted: .saltire
    case .ideal, .amdahl, .universal: nil
    }
  }

  /// The entry in a legend: one for each law, whatever it was fitted to.
  var legend: LegendKey {
    switch self {
    case .training, .test, .validation, .other: LegendKey(classes: classes)
    case .series, .predicted, .ideal: LegendKey(classes: classes, mark: mark)
    case .amdahl: LegendKey(classes: "amdahl", name: "Amdahl's law")
    case .universal: LegendKey(classes: "universal", name: "Universal Scalability Law")
    }
  }

  private static func name(_ index: Int) -> String { "series\(index % seriesLimit + 1)" }
}

/// The look of a line in a legend.
struct LegendKey: Hashable, Sendable {
  let classes: String
  var mark: LineStyle.Mark?
  /// The name; nil for the name of the line.
  var name: String?
}

extension LineStyle.Mark {
  /// The mark as SVG.
  ///
  /// - Parameters:
  ///   - x: The x coordinate of the center.
  ///   - y: The y coordinate of the center.
  ///   - isHollow: Whether only its outline is drawn.
  /// - Returns: An SVG element.
  func markup(x: Double, y: Double, isHollow: Bool = false) -> Markup {
    let (left, middle) = (FigureText.fixed(x, 1), FigureText.fixed(y, 1))
    if self == .circle {
      return isHollow
        ? Markup("circle", ["class": "hollow", "cx": left, "cy": middle, "r": "3"])
        : Markup("circle", ["cx": left, "cy": middle, "r": "2.6"])
    }
    let path = "M\(left) \(middle)\(steps)"
    return isHollow
      ? Markup("path", ["class": "hollow", "d": path]) : Markup("path", ["d": path])
  }

  /// The outline as relative steps from the center.
  private var steps: String {
    switch self {
    case .circle: ""
    case .square: "m-2.8-2.8h5.6v5.6h-5.6z"
    case .triangle: "m0-3.8l3.6 6.2h-7.2z"
    case .diamond: "m0-4l4 4l-4 4l-4-4z"
    case .wedge: "m0 3.8l3.6-6.2h-7.2z"
    case .cross: "m-1.3-3.9h2.6v2.6h2.6v2.6h-2.6v2.6h-2.6v-2.6h-2.6v-2.6h2.6z"
    case .saltire: "m-3.2-3.2l6.4 6.4m0-6.4l-6.4 6.4"
    }
  }
}
