import Foundation
import TestSupport
import Testing

/// Which of many cases a test tries: a seeded sample, or all of them.
///
/// `TRAINER_TEST_CASES` is their number, or `all`; `TRAINER_TEST_SEED` chooses others.
struct ChosenCases {
  let seed: UInt64
  var generator: SeededGenerator
  private let limit: Int

  /// Reads the environment.
  ///
  /// - Parameter defaultCount: The number of cases without `TRAINER_TEST_CASES`.
  /// - Throws: An issue of the test for a value that is no number.
  init(defaultCount: Int) throws {
    let environment = ProcessInfo.processInfo.environment
    let seedText = environment["TRAINER_TEST_SEED"] ?? "1"
    seed = try #require(UInt64(seedText), "TRAINER_TEST_SEED is \(seedText)")
    generator = SeededGenerator(seed: seed)
    let text = environment["TRAINER_TEST_CASES"] ?? "\(defaultCount)"
    limit =
      if text == "all" { .max } else { try #require(Int(text), "TRAINER_TEST_CASES is \(text)") }
  }

  /// The cases to try.
  mutating func choose<Case>(_ cases: [Case]) -> [Case] {
    cases.count <= limit ? cases : Array(cases.shuffled(using: &generator).prefix(limit))
  }
}
