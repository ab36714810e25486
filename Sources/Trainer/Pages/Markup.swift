import Files

/// HTML that is also well-formed XML.
///
/// Text is escaped when it is added, so it cannot become markup.
package struct Markup: Sendable, Equatable {
  /// The HTML.
  let html: String

  private init(html: String) {
    self.html = html
  }

  /// Creates escaped text; characters that XML does not allow, and those that could change how
  /// others are shown, become U+FFFD.
  init(text: String) {
    html = Self.escaped(text)
  }

  /// Creates markup from a constant, without escaping.
  init(constant: StaticString) {
    html = "\(constant)"
  }

  /// Concatenates pieces.
  package init(_ pieces: [Markup]) {
    html = pieces.map(\.html).joined()
  }

  /// Creates an element.
  ///
  /// - Parameters:
  ///   - name: The tag.
  ///   - attributes: Names and values; values are escaped.
  ///   - content: The content.
  package init(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    @MarkupBuilder _ content: () -> Markup = { Markup([]) }
  ) {
    let start =
      "<" + name + attributes.map { " \($0)=\"\(Self.escaped($1))\"" }.joined()
    let end = Self.inline.contains(name) ? "" : "\n"
    html =
      Self.void.contains(name)
      ? start + "/>" + end : start + ">" + content().html + "</\(name)>" + end
  }

  /// Elements without content.
  private static let void: Set = [
    "br", "circle", "col", "img", "line", "meta", "path", "rect",
  ]

  /// Elements that are not followed by a line feed.
  private static let inline: Set = [
    "a", "b", "circle", "code", "dd", "dt", "g", "small", "img", "line", "path", "rect", "span",
    "svg",
    "td", "text", "th", "title", "desc",
  ]

  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\t", "\n": result.append(scalar)
      case "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
      default: result.append(scalar.steersTerminal ? "\u{FFFD}" : scalar)
      }
    }
    return String(result)
  }
}

/// Concatenates the pieces of an element's content.
@resultBuilder
package enum MarkupBuilder {
  package static func buildExpression(_ piece: Markup) -> Markup { piece }
  package static func buildExpression(_ pieces: [Markup]) -> Markup { Markup(pieces) }
  package static func buildExpression(_ text: String) -> Markup { Markup(text: text) }
  package static func buildBlock(_ pieces: Markup...) -> Markup { Markup(pieces) }
  package static func buildArray(_ pieces: [Markup]) -> Markup { Markup(pieces) }
  package static func buildOptional(_ piece: Markup?) -> Markup { piece ?? Markup([]) }
  package static func buildEither(first piece: Markup) -> Markup { piece }
  package static func buildEither(second piece: Markup) -> Markup { piece }
}
