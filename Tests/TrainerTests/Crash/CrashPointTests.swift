import Foundation
import TestSupport
import Testing

@testable import Runs

/// Every point at which the machine may crash, by a model of a disk that may lose whatever was not
/// synchronized.
@Suite("After a crash of the machine")
struct CrashPointTests {
  /// The most states that are tried of one crash point.
  private static let statesOfPoint = 64

  private struct State {
    let call: Int
    let disk: Disk
  }

  @Test("at any call, a run resumes from what was promised and ends with the same files")
  func wholeRun() throws {
    var chosen = try ChosenCases(defaultCount: 150)
    let unbroken = StoredRun(files: ModeledFileSystem(recordsDisks: true))
    try unbroken.train(resumes: false)
    let expected = try StoredOutcome(of: unbroken.files.disk)
    #expect(expected.leftovers.isEmpty && expected.reportedDigest != nil)
    #expect(unbroken.warnings.all.isEmpty)

    let all = Self.states(of: unbroken.files, using: &chosen.generator)
    let states = chosen.choose(all)
    var wrong: [String] = []
    var refusals = 0
    for state in states {
      let promised = unbroken.promisedStep(after: state.call)
      switch Self.verdict(on: state.disk, promised: promised, expected: expected) {
      case .resumed: continue
      case .refused: refusals += 1
      case .wrong(let problem):
        wrong.append("call \(state.call), \(unbroken.files.calls[state.call]): \(problem)")
      }
    }
    print(
      "crash points: \(unbroken.files.calls.count) calls, \(all.count) states, \(states.count) tried, "
        + "\(refusals) refused before a promise, \(wrong.count) wrong, seed \(chosen.seed)")
    #expect(
      wrong.isEmpty, "\(wrong.count) of \(states.count), seed \(chosen.seed): \(wrong.prefix(5))")
  }

  private enum Verdict {
    case resumed
    case refused
    case wrong(String)
  }

  private static func verdict(
    on disk: Disk, promised: Int, expected: StoredOutcome
  ) -> Verdict {
    let resumed = StoredRun(files: ModeledFileSystem(disk: disk))
    do {
      let start = try resumed.train(resumes: true)
      guard start >= promised else {
        return .wrong("resumed from step \(start), although step \(promised) was promised")
      }
      let found = try StoredOutcome(of: resumed.files.disk)
      let problem = expected.difference(from: found, start: start)
      return problem.map { .wrong("resumed from step \(start): \($0)") } ?? .resumed
    } catch {
      let text = "\(error)"
      return promised == 0 && text.contains(StoredRun.directory) ? .refused : .wrong(text)
    }
  }

  /// The states of all crash points, each once, with the last call after which a crash leaves it.
  private static func states(
    of files: ModeledFileSystem, using generator: inout SeededGenerator
  ) -> [State] {
    var states: [[String: [UInt8]?]: State] = [:]
    for (call, disk) in files.disks.enumerated() {
      for state in disk.crashStates(limit: statesOfPoint, using: &generator) {
        states[state.tree] = State(call: call, disk: state)
      }
    }
    return states.values.sorted { $0.call < $1.call }
  }
}

extension StoredOutcome {
  /// How another outcome differs.
  ///
  /// - Parameters:
  ///   - found: The outcome of a run that was resumed.
  ///   - start: The step from which it was resumed.
  ///   - mayLackFigures: Whether the event file could not be written.
  /// - Returns: The difference; nil if there is none.
  func difference(
    from found: StoredOutcome, start: Int, mayLackFigures: Bool = false
  ) -> String? {
    if found.models != models { return "another model" }
    // A checkpoint that could not be written or removed may be missing, or one too many.
    if found.checkpoints.last != checkpoints.last {
      return "the checkpoints \(found.checkpoints)"
    }
    if found.metrics != metrics { return "the metrics \(found.metrics)" }
    if found.table != table { return "the table \(found.table)" }
    if found.reportedDigest != reportedDigest { return "the report is of another model" }
    if found.leftovers != leftovers { return "left over: \(found.leftovers)" }
    // Inside an epoch, figures of single steps are not synchronized before a checkpoint.
    let epochEnd = start / 4 * 4
    let lost = figures.keys.filter {
      found.figures[$0] == nil && !($0.step > epochEnd && $0.step <= start && start % 4 != 0)
    }
    if let first = lost.first, !mayLackFigures {
      return "\(lost.count) figures lost, such as \(first)"
    }
    if let twice = found.figures.first(where: { $0.value != figures[$0.key] }) {
      return "\(twice.key) is there \(twice.value) times"
    }
    return nil
  }
}
