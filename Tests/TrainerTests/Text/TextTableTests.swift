import Testing

@testable import Pages

@Suite("A table of text")
struct TextTableTests {
  @Test("separates columns by two spaces, or by one if lines would be too wide")
  func gap() {
    let table = TextTable(
      columns: [.init("name", .left), .init("two\nlines"), .init("", .left)],
      rows: [["a", "1", ""], ["long name", "1000000", "x"]])
    #expect(
      table.lines() == [
        "name           two", "             lines", "a                1",
        "long name  1000000  x",
      ])
    #expect(table.lines(width: 21) == table.lines())
    #expect(table.lines(width: 20).last == "long name 1000000 x")
  }

  @Test("shows no characters that control a terminal")
  func printable() {
    let table = TextTable(columns: [.init("a")], rows: [["\u{1B}[1m\n"]])
    #expect(table.lines() == ["    a", "\u{FFFD}[1m\u{FFFD}"])
  }

  @Test("wraps text between words, and does not cut a long word")
  func wrapping() {
    #expect(
      TerminalText.wrapped("one two  three", width: 8, indent: 2) == ["one two", "  three"])
    #expect(TerminalText.wrapped("a abcdefgh b", width: 4, indent: 0) == ["a", "abcdefgh", "b"])
    #expect(TerminalText.wrapped("", width: 4, indent: 0) == [""])
  }
}
