import Files

/// A self-contained HTML page: it includes its style, and has no scripts.
package struct HTMLPage: Sendable {
  /// The whole page, as HTML that is also well-formed XML.
  package let html: String

  /// Creates a page.
  ///
  /// - Parameters:
  ///   - title: The title for the browser.
  ///   - reloadSeconds: The seconds after which a browser loads the page again; nil for never.
  ///   - body: The content of the page.
  package init(
    title: String, reloadSeconds: Int? = nil, @MarkupBuilder body: () -> Markup
  ) {
    let content = body()
    let page = Markup("html", ["lang": "en"]) {
      Markup("head") {
        Markup("meta", ["charset": "utf-8"])
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        if let reloadSeconds {
          Markup("meta", ["http-equiv": "refresh", "content": "\(reloadSeconds)"])
        }
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
  ///   - path: The file; it is replaced atomically.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: ``FileError`` if it cannot be written.
  package func write(path: String, in location: AtomicFile.Location = .anywhere) throws {
    try AtomicFile.replace(path: path, in: location) { try $0.write(Array(html.utf8)) }
  }
}
