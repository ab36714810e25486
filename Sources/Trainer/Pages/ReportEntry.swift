/// A name and a value in a report.
package struct ReportEntry: Sendable, Equatable {
  /// The name.
  package var name: String
  /// The value.
  package var value: String

  /// Creates an entry.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
