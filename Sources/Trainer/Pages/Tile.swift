/// A figure that stands out at a report's head.
package struct Tile: Sendable {
  let name: String
  let value: String
  /// Small words below the value.
  var note: String?

  /// Creates one from its parts.
  package init(name: String, value: String, note: String? = nil) {
    self.name = name
    self.value = value
    self.note = note
  }

  /// Tiles side by side, as many as fit.
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
