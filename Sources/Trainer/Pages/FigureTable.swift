/// A table of figures with a header, which scrolls horizontally in a narrow window.
package struct FigureTable: Sendable {
  /// The description for screen readers.
  let label: String
  let columns: [String]
  /// The rows, with one cell per column.
  let rows: [[String]]
  /// Whether headings wrap, and are small on paper, so that more columns fit.
  var isWide = false

  /// Creates a table.
  package init(label: String, columns: [String], rows: [[String]], isWide: Bool = false) {
    self.label = label
    self.columns = columns
    self.rows = rows
    self.isWide = isWide
  }

  /// The table as HTML.
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

/// Content that scrolls horizontally in a narrow window, also with the keyboard.
package func scrolling(_ label: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
  Markup(
    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label], content)
}
