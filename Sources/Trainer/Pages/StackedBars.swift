/// Bars of shares, a bar a row, as inline SVG with a legend; letters tell the parts apart without
/// colour.
package struct StackedBars: Sendable {
  /// What every bar is divided into.
  package struct Part: Sendable {
    /// The class of the style sheet that colours it.
    let style: String
    /// What stands in it where it is wide enough.
    let letter: String
    /// Its name in the legend and in words.
    let name: String

    /// Creates one from its parts.
    package init(style: String, letter: String, name: String) {
      self.style = style
      self.letter = letter
      self.name = name
    }
  }

  /// A bar.
  package struct Row: Sendable {
    /// What stands before it.
    let label: String
    /// A share for every part, 1 together.
    let shares: [Double]

    /// Creates one from its parts.
    package init(label: String, shares: [Double]) {
      self.label = label
      self.shares = shares
    }
  }

  /// A name that no other chart of the page has.
  let identifier: String
  /// What it shows.
  let title: String
  let parts: [Part]
  let rows: [Row]

  /// Creates one from its parts.
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
  /// In a narrower part a letter would not be read.
  private static let letterWidth = 12.0

  /// The chart with its heading and legend.
  package var markup: Markup {
    Markup("figure", ["class": "chart"]) {
      Markup("figcaption") {
        Markup("span", ["class": "title"]) { title }
        Markup("span", ["class": "keys"]) { parts.map(key) }
      }
      drawing
    }
  }

  /// What the bars show, in words.
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
