/// The rows of a long table that are shown.
package struct ThinnedRows<Row: Sendable>: Sendable {
  /// The largest number of rows of a page's table, without the last.
  package static var limit: Int { 400 }

  /// The rows that are shown: one in ``stride``, and the last.
  package let shown: [Row]
  /// The number of rows of which one is shown.
  package let stride: Int

  /// Chooses the rows.
  ///
  /// - Parameters:
  ///   - rows: All rows.
  ///   - limit: The largest number of rows, without the last.
  package init(_ rows: [Row], limit: Int = Self.limit) {
    let stride = max(1, (rows.count + limit - 1) / limit)
    self.stride = stride
    shown = rows.enumerated().filter {
      ($0.offset + 1).isMultiple(of: stride) || $0.offset == rows.count - 1
    }.map(\.element)
  }

  /// The title of the table.
  ///
  /// - Parameters:
  ///   - content: What it has, such as `Metrics of`.
  ///   - row: What a row is, such as `epoch`.
  /// - Returns: The title, which says what is left out.
  package func title(_ content: String, _ row: String) -> String {
    stride == 1
      ? "\(content) each \(row)" : "\(content) one in \(stride) \(row)s, and of the last"
  }
}
