import Files

/// A page that needs no other file: the style is in it, and it runs no program.
package struct HTMLPage: Sendable {
  /// The whole page: HTML that is well-formed XML too.
  package let html: String

  /// Puts a page together.
  ///
  /// - Parameters:
  ///   - title: What a browser calls it.
  ///   - body: What it shows.
  package init(title: String, @MarkupBuilder body: () -> Markup) {
    let content = body()
    let page = Markup("html", ["lang": "en"]) {
      Markup("head") {
        Markup("meta", ["charset": "utf-8"])
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        Markup("title") { title }
        Markup("style") { Markup(constant: ReportStyle.sheet) }
      }
      Markup("body") { content }
    }
    html = "<!DOCTYPE html>\n" + page.html
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - path: The file, replaced at once when the new one is whole.
  ///   - location: Whose directory it is in.
  /// - Throws: ``FileError`` if it cannot be written.
  package func write(path: String, in location: AtomicFile.Location = .anywhere) throws {
    try AtomicFile.replace(path: path, in: location) { try $0.write(Array(html.utf8)) }
  }
}
