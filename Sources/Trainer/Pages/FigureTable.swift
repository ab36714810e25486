/// A table of figures below a line of names, which a narrow window scrolls by itself.
package struct FigureTable: Sendable {
  /// What it shows, for those who cannot see it.
  let label: String
  let columns: [String]
  /// A cell for every column.
  let rows: [[String]]
  /// Whether names of columns are broken, and small on paper, so that more columns fit.
  var isWide = false

  /// Creates one from its parts.
  package init(label: String, columns: [String], rows: [[String]], isWide: Bool = false) {
    self.label = label
    self.columns = columns
    self.rows = rows
    self.isWide = isWide
  }

  /// The table.
  package var markup: Markup {
    scrolling(label) {
      Markup("table", ["class": isWide ? "figures wide" : "figures"]) {
        Markup("thead") {
          Markup("tr") { columns.map { name in Markup("th", ["scope": "col"]) { name } } }
        }
        Markup("tbody") {
          rows.map { row in Markup("tr") { row.map { cell in Markup("td") { cell } } } }
        }
      }
    }
  }
}

/// A part that a narrow window scrolls by itself, with the keyboard too.
package func scrolling(_ label: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
  Markup(
    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label], content)
}
