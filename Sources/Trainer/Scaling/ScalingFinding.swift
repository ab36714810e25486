/// A fact about the machine or the figures that readers should know.
package struct ScalingFinding: Codable, Sendable, Equatable {
  /// The importance of a finding.
  package enum Severity: String, Codable, Sendable {
    /// A fact.
    case note
    /// A condition that may distort the figures.
    case warning
  }

  /// The importance of the finding.
  package var severity: Severity
  /// One sentence.
  package var text: String

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - severity: The importance of the finding.
  ///   - text: One sentence.
  package init(_ severity: Severity, _ text: String) {
    self.severity = severity
    self.text = text
  }
}
