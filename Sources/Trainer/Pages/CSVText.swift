import Files

/// Comma-separated values (RFC 4180).
package enum CSVText {
  /// A row without its line break.
  ///
  /// Cells with a comma or quotation mark are quoted. A text that a spreadsheet would take for a
  /// formula gets an apostrophe in front, and control characters become U+FFFD.
  ///
  /// - Parameter cells: The cells.
  /// - Returns: The row.
  package static func row(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",")
  }

  private static func cell(_ text: String) -> String {
    var text = text.printable
    // By code units: with an accent that follows, a comma is another Character.
    if let first = text.utf8.first, "=+-@".utf8.contains(first), Double(text) == nil {
      text = "'" + text
    }
    let mark = UInt8(ascii: "\"")
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == mark }) else { return text }
    let bytes = text.utf8.flatMap { $0 == mark ? [mark, mark] : [$0] }
    return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
  }
}
