/// A name and a value in a report.
package struct ReportEntry: Sendable, Equatable {
  /// The name.
  package var name: String
  /// The value.
  package var value: String

  /// Creates an entry.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

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

/// A figure in large type at the top of a report.
package struct Tile: Sendable {
  let name: String
  let value: String
  /// A small text below the value.
  var note: String?

  /// Creates a tile.
  package init(name: String, value: String, note: String? = nil) {
    self.name = name
    self.value = value
    self.note = note
  }

  /// Tiles in a row, as many as fit.
  package static func list(_ tiles: [Tile]) -> Markup {
    Markup("dl", ["class": "tiles"]) {
      tiles.map { tile in
        Markup("div") {
          Markup("dt") { tile.name }
          Markup("dd") {
            tile.value
            if let note = tile.note { Markup("small") { note } }
          }
        }
      }
    }
  }
}
