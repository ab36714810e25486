import Files

/// Rows of text in aligned columns.
package struct TextTable: Sendable {
  /// The alignment of the cells in a column.
  package enum Alignment: Sendable {
    case left, right
  }

  /// A column.
  package struct Column: Sendable {
    /// The name; line feeds in it make a heading of several lines.
    let heading: String
    let alignment: Alignment

    package init(_ heading: String, _ alignment: Alignment = .right) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  let columns: [Column]
  /// The rows, with one cell per column.
  package let rows: [[String]]

  /// Creates a table.
  package init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The table as lines: the heading, then one line per row, without trailing spaces.
  ///
  /// Columns are separated by two spaces, or by one if two would make lines of more than `width`
  /// characters.
  ///
  /// - Parameter width: The preferred width of lines, in characters.
  /// - Returns: The lines; they may be wider than `width`.
  package func lines(width: Int = .max) -> [String] {
    let cells = (headingRows + rows).map { $0.map(\.printable) }
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let wide = widths.reduce(0, +) + 2 * (columns.count - 1)
    let gap = String(repeating: " ", count: wide > width ? 1 : 2)
    return cells.map { row in
      let padded = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].alignment == .right ? padding + row[column] : row[column] + padding
      }
      return TerminalText.trimmed(padded.joined(separator: gap))
    }
  }

  private var headingRows: [[String]] {
    let lines = columns.map {
      $0.heading.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let count = lines.map(\.count).max() ?? 0
    return (0..<count).map { row in lines.map { row < $0.count ? $0[row] : "" } }
  }
}
