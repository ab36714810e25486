import Files
import Foundation
import Training

/// A condition on a run, such as `optimizer=adam` or `accuracy>=0.98`.
package struct RunFilter: Sendable {
  /// A comparison; the longer sign of two that begin alike is first.
  private enum Comparison: String, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case different = "!="
    case equal = "="
    case more = ">"
    case less = "<"
  }

  /// A result that a condition may name.
  private enum Result: String, CaseIterable {
    case accuracy, loss, epochs, time, state

    /// The value; nil if the run has none.
    func value(of run: RecordedRun) -> String? {
      switch self {
      case .accuracy: run.testAccuracy.map { "\($0)" }
      case .loss: run.metrics?.epochs.last.map { "\($0.testLoss)" }
      case .epochs: run.epochCount.map { "\($0)" }
      case .time: run.metrics?.end.map { "\($0.seconds)" }
      case .state: run.state.word
      }
    }
  }

  private let name: String
  private let comparison: Comparison
  private let value: String

  /// The names of results that conditions may use beside settings.
  package static let resultNames = Result.allCases.map(\.rawValue)

  /// Parses a condition.
  ///
  /// - Parameters:
  ///   - text: A setting of ``RunRecord/comparableNames`` except `epochs`, also by its short name,
  ///     or a name of ``resultNames``, a comparison, and a value. `<`, `<=`, `>` and `>=` need a
  ///     number.
  ///   - question: Asks for the names that an unknown one may have meant; nil if none is near.
  /// - Throws: ``TrainerError`` with what was found and expected.
  package init(
    _ text: String,
    question: (_ name: String, _ known: [String]) -> String? = { _, _ in nil }
  ) throws {
    guard let start = text.firstIndex(where: { "<>=!".contains($0) }),
      let comparison = Comparison.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
    else {
      throw TrainerError(
        .usage,
        "--where is \(text); it must be a name, one of =, !=, <, <=, > and >=, and a value, such as "
          + "optimizer=adam")
    }
    name = TrainingConfiguration.settingName(
      of: text[..<start].trimmingCharacters(in: .whitespaces))
    value = text[start...].dropFirst(comparison.rawValue.count)
      .trimmingCharacters(in: .whitespaces)
    self.comparison = comparison
    // Such as `a==b` and `a=>b`.
    if let first = value.utf8.first, "<>=!".utf8.contains(first) {
      throw TrainerError(
        .usage,
        "--where \(text): found `\(value)` after \(comparison.rawValue), expected a value; the "
          + "comparisons are =, !=, <, <=, > and >=")
    }
    let (results, settings) = (Self.resultNames, RunRecord.comparableNames)
    guard results.contains(name) || settings.contains(name) else {
      let hint =
        question(name, results + settings.filter { !results.contains($0) })
        ?? "the names are \(results.joined(separator: ", ")), and the settings "
        + settings.joined(separator: ", ")
      throw TrainerError(.usage, "--where \(text): unknown name `\(name)`; \(hint)")
    }
    guard let expected = expectation else { return }
    let found = "found `\(value)` after \(comparison.rawValue)"
    throw TrainerError(.usage, "--where \(text): \(found), expected \(expected)")
  }

  /// What the value must be, if it is something else.
  private var expectation: String? {
    switch Result(rawValue: name) {
    case .accuracy:
      Double(value).map((0...1).contains) == true ? nil : "a number from 0 to 1, such as 0.98"
    case .state:
      [.equal, .different].contains(comparison) && RecordedRun.State.words.contains(value)
        ? nil : "= or != and one of \(RecordedRun.State.words.joined(separator: ", "))"
    case .loss, .epochs, .time: Double(value) == nil ? "a number" : nil
    case nil:
      // A word can only be equal or different.
      [.equal, .different].contains(comparison) || Double(value) != nil ? nil : "a number"
    }
  }

  /// Whether a run meets the condition.
  ///
  /// A run without the setting or result meets only `!=`. Numbers are compared by value.
  ///
  /// - Parameter run: The run.
  /// - Returns: Whether it does.
  package func matches(_ run: RecordedRun) -> Bool {
    let found =
      Result(rawValue: name).map { $0.value(of: run) } ?? run.record?.comparable[name]
    guard let found else { return comparison == .different }
    // As doubles, different seeds above 2^53 could be equal.
    if let number = Int128(found), let limit = Int128(value) { return holds(number, limit) }
    if let number = Double(found), let limit = Double(value) { return holds(number, limit) }
    return switch comparison {
    case .equal: found == value
    case .different: found != value
    // A word is neither more nor less than a number.
    default: false
    }
  }

  private func holds<Number: Comparable>(_ number: Number, _ limit: Number) -> Bool {
    switch comparison {
    case .atLeast: number >= limit
    case .atMost: number <= limit
    case .different: number != limit
    case .equal: number == limit
    case .more: number > limit
    case .less: number < limit
    }
  }
}
