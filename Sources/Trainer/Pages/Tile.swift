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
