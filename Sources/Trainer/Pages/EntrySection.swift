/// A section of entries with a heading.
package struct EntrySection: Sendable {
  let title: String
  let entries: [ReportEntry]

  /// Creates a section.
  package init(title: String, entries: [ReportEntry]) {
    self.title = title
    self.entries = entries
  }

  /// The section as HTML.
  package var markup: Markup {
    Markup("section") {
      Markup("h2") { title }
      Markup("table", ["class": "entries"]) {
        Markup("tbody") {
          entries.map { entry in
            Markup("tr") {
              Markup("th", ["scope": "row"]) { entry.name }
              Markup("td") { entry.value }
            }
          }
        }
      }
    }
  }
}
