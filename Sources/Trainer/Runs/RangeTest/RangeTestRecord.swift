import Training

/// A range test as `trainer lr-find --json` prints it.
package struct RangeTestRecord: Sendable, Encodable {
  private let result: RangeTestResult

  /// Creates a record.
  ///
  /// - Parameter result: The test.
  package init(_ result: RangeTestResult) {
    self.result = result
  }

  private enum CodingKeys: CodingKey {
    case from, to, steps, endedBy, suggestion, steepest, tenthOfMinimum, minimum, points
  }

  /// Encodes the test, without values that are unknown.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: The encoder's error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(result.sweep.first, forKey: .from)
    try container.encode(result.sweep.last, forKey: .to)
    try container.encode(result.sweep.steps, forKey: .steps)
    try container.encode(result.ending, forKey: .endedBy)
    try container.encodeIfPresent(result.suggestion, forKey: .suggestion)
    try container.encodeIfPresent(result.steepest, forKey: .steepest)
    try container.encode(result.tenthOfMinimum, forKey: .tenthOfMinimum)
    try container.encode(result.minimum, forKey: .minimum)
    try container.encode(result.points, forKey: .points)
  }
}
