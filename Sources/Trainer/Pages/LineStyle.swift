/// How a line of a chart looks: the classes of the style sheet, and what marks its points.
package enum LineStyle: Hashable, Sendable {
  /// Curves of a run.
  case training, test, validation, other
  /// Measured figures, the first of them 0; from ``seriesLimit`` on looks come again.
  case series(Int)
  /// What a series would reach at best.
  case ideal
  /// Amdahl's law, fitted to a series.
  case amdahl(Int)
  /// The Universal Scalability Law, fitted to a series.
  case universal(Int)
  /// What a model predicts where nothing was measured.
  case predicted(Int)

  /// Series that can be told apart, with colour and without.
  package static let seriesLimit = 6

  /// The shape of a point's mark.
  enum Mark: Sendable {
    case circle, square, triangle, diamond, wedge, cross, saltire
  }

  /// Classes of the style sheet.
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

  /// What marks its points; nil if points are not marked.
  var mark: Mark? {
    switch self {
    case .training, .test, .validation, .other: .circle
    case .series(let index):
      [.circle, .square, .triangle, .diamond, .wedge, .cross][index % Self.seriesLimit]
    case .predicted: .saltire
    case .ideal, .amdahl, .universal: nil
    }
  }

  /// The look in a legend: a law has one entry, whatever it was fitted to.
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

/// A line's look in a legend.
struct LegendKey: Hashable, Sendable {
  let classes: String
  var mark: LineStyle.Mark?
  /// Its name; nil if it is that of the line.
  var name: String?
}

extension LineStyle.Mark {
  /// The mark.
  ///
  /// - Parameters:
  ///   - x: Its middle.
  ///   - y: Its middle.
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

  /// The outline from the middle on, in relative steps.
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
