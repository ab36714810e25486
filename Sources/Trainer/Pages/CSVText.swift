import Files

/// Comma-separated values (RFC 4180).
package enum CSVText {
  /// A row without its line break.
  ///
  /// Cells with a comma or quotation mark are quoted. A text that a spreadsheet would take for a formula gets
  /// an apostrophe in front, and control characters become U+FFFD.
  ///
  /// - Parameter cells: The cells.
  /// - Returns: The row.
  package static func row(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",")
  }

  private static func cell(_ text: String) -> String {
    var text = text.printable
    if let first = text.first, "=+-@".contains(first), Double(text) == nil { text = "'" + text }
    guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
