/// A name and what it stands for.
public struct ReportEntry: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The value.
  public var value: String

  /// Puts an entry together.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Entries below a heading.
struct EntrySection: Sendable {
  let title: String
  let entries: [ReportEntry]

  /// The section.
  var markup: Markup {
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
