/// A whole number in the text of a model.
package struct IntegerSetting: Sendable {
  /// The number's name for messages, such as `the UNITS of dense`.
  package let name: String
  /// The allowed numbers.
  package let range: ClosedRange<Int>

  /// Creates a setting.
  ///
  /// - Parameters:
  ///   - name: What the number is, for messages, such as `the UNITS of dense`.
  ///   - range: The allowed numbers.
  package init(_ name: String, in range: ClosedRange<Int>) {
    self.name = name
    self.range = range
  }

  /// The expected number, for messages.
  var expectation: String { "\(name), from \(range.lowerBound) to \(range.upperBound)" }

  /// The number that a text is; nil if it is none or not allowed.
  func value(_ text: Substring) -> Int? { Int(text).flatMap { range.contains($0) ? $0 : nil } }
}
