import Foundation
import Testing

@testable import Files

@Suite("Text from elsewhere")
struct PrintableTextTests {
  /// Escape, bell, tab, line feed, a C1 control, a change of direction, a separator of lines, a
  /// tag.
  private static let steering = "\u{1B}\u{7}\t\n\u{7F}\u{9B}\u{202E}\u{2028}\u{E0041}"

  @Test("is shown without characters that control a terminal")
  func printable() {
    #expect(Self.steering.printable == String(repeating: "\u{FFFD}", count: 9))
    #expect(Self.steering.printable(keeping: "\t\n").hasPrefix("\u{FFFD}\u{FFFD}\t\n\u{FFFD}"))
    for text in ["", "plain ~", "Zürich 東京 👍 é"] { #expect(text.printable == text) }
  }

  @Test("is escaped in JSON if it could control a terminal")
  func json() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .prettyPrinted
    let value = [Self.steering, "Zürich 👍"]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON
    #expect(text.printable(keeping: "\n") == text)
    #expect(text.contains("\\udb40\\udc41") && text.contains("Zürich 👍"))
    #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == value)
  }
}
