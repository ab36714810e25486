/// A chart of stacked horizontal bars, as inline SVG with a legend.
///
/// Letters distinguish the parts without color.
package struct StackedBars: Sendable {
  /// A part of every bar.
  package struct Part: Sendable {
    /// The class in the style sheet that colors it.
    let style: String
    /// The letter in the part, shown if it is wide enough.
    let letter: String
    /// The name in the legend and in the description.
    let name: String

    /// Creates a part.
    package init(style: String, letter: String, name: String) {
      self.style = style
      self.letter = letter
      self.name = name
    }
  }

  /// A bar.
  package struct Row: Sendable {
    /// The label before the bar.
    let label: String
    /// The shares of all parts, with the sum 1.
    let shares: [Double]

    /// Creates a bar.
    package init(label: String, shares: [Double]) {
      self.label = label
      self.shares = shares
    }
  }

  /// A name that is unique on the page.
  let identifier: String
  /// The title.
  let title: String
  let parts: [Part]
  let rows: [Row]

  /// Creates a chart.
  package init(identifier: String, title: String, parts: [Part], rows: [Row]) {
    self.identifier = identifier
    self.title = title
    self.parts = parts
    self.rows = rows
  }

  private static let width = 440.0
  private static let left = 86.0
  private static let right = 428.0
  private static let rowHeight = 24.0
  private static let barHeight = 18.0
  /// The smallest width of a part with a letter.
  private static let letterWidth = 12.0

  /// The chart with heading and legend, as HTML.
  package var markup: Markup {
    Markup("figure", ["class": "chart"]) {
      Markup("figcaption") {
        Markup("span", ["class": "title"]) { title }
        Markup("span", ["class": "keys"]) { parts.map(key) }
      }
      drawing
    }
  }

  /// The description of the bars in words.
  var summary: String {
    rows.map { row in
      let words = zip(parts, row.shares).map { part, share in
        "\(part.name) \(FigureText.fixed(share * 100, 1)) %"
      }
      return "\(row.label): \(words.joined(separator: ", "))."
    }.joined(separator: " ")
  }

  private func key(_ part: Part) -> Markup {
    Markup("span", ["class": "key"]) {
      Markup("svg", ["class": "letters", "viewBox": "0 0 14 14", "aria-hidden": "true"]) {
        Markup(
          "rect",
          ["class": part.style, "x": "0", "y": "0", "width": "14", "height": "14", "rx": "2"])
        Markup("text", ["class": "letter", "x": "7", "y": "7", "dy": "0.36em"]) { part.letter }
      }
      part.name
    }
  }

  private var drawing: Markup {
    let bottom = Self.rowHeight * Double(rows.count)
    let height = bottom + 34
    return Markup(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Int(Self.width)) \(Int(height))", "role": "img",
        "aria-labelledby": "\(identifier)-title \(identifier)-text",
      ]
    ) {
      Markup("title", ["id": "\(identifier)-title"]) { title }
      Markup("desc", ["id": "\(identifier)-text"]) { summary }
      axis(bottom)
      Markup("g", ["class": "bars", "aria-hidden": "true"]) {
        rows.enumerated().map { index, row in bar(row, top: Self.rowHeight * Double(index)) }
      }
    }
  }

  private func axis(_ bottom: Double) -> Markup {
    Markup("g", ["class": "axes", "aria-hidden": "true"]) {
      for percent in stride(from: 0, through: 100, by: 20) {
        let x = coordinate(position(Double(percent) / 100))
        Markup("line", ["x1": x, "x2": x, "y1": "0", "y2": coordinate(bottom + 4)])
        Markup("text", ["class": "x", "x": x, "y": coordinate(bottom + 18)]) { "\(percent)" }
      }
    }
  }

  private func bar(_ row: Row, top: Double) -> Markup {
    let y = top + (Self.rowHeight - Self.barHeight) / 2
    let middle = coordinate(top + Self.rowHeight / 2)
    var start = 0.0
    var pieces = [
      Markup("text", ["class": "y", "x": coordinate(Self.left - 6), "y": middle, "dy": "0.35em"]) {
        row.label
      }
    ]
    for (part, share) in zip(parts, row.shares) where share > 0 {
      let (from, to) = (position(start), position(start + share))
      start += share
      pieces.append(
        Markup(
          "rect",
          [
            "class": part.style, "x": coordinate(from), "y": coordinate(y),
            "width": coordinate(to - from), "height": coordinate(Self.barHeight),
          ]))
      if to - from >= Self.letterWidth {
        pieces.append(
          Markup(
            "text",
            ["class": "letter", "x": coordinate((from + to) / 2), "y": middle, "dy": "0.36em"]
          ) { part.letter })
      }
    }
    return Markup(pieces)
  }

  private func position(_ share: Double) -> Double {
    Self.left + min(share, 1) * (Self.right - Self.left)
  }

  private func coordinate(_ value: Double) -> String { FigureText.fixed(value, 1) }
}
