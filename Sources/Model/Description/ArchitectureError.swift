/// A part of an architecture that no network of this program has.
package struct ArchitectureError: Error, Equatable, CustomStringConvertible {
  /// The part, what was found and what was expected.
  package let description: String

  /// Refuses a part.
  static func check(
    _ condition: Bool, _ part: String, _ found: Any, _ expected: String
  ) throws(ArchitectureError) {
    guard !condition else { return }
    throw ArchitectureError(
      description: "\(part) of the network: found \(found), expected \(expected)")
  }

  /// Refuses a perceptron outside its limits.
  package static func check(_ perceptron: Perceptron) throws(ArchitectureError) {
    guard let violation = perceptron.violation else { return }
    try check(false, "`\(violation.setting)`", violation.found, violation.expected)
  }
}
