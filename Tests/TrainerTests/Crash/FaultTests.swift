import Files
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Runs

/// Every call of the file system fails once, or from some call on.
@Suite("If the file system fails")
struct FaultTests {
  /// A fault, at one call or at this and all later ones.
  private struct Case: CustomStringConvertible {
    let call: Int
    let fault: ModeledFileSystem.Fault
    let isLasting: Bool
    let what: ModeledFileSystem.Call

    var description: String {
      "call \(call)\(isLasting ? " and all later ones" : ""), \(what): \(fault)"
    }
  }

  @Test("at any call, the run says so or is whole, and resumes to the same files")
  func wholeRun() throws {
    var chosen = try ChosenCases(defaultCount: 200)
    let unbroken = StoredRun(files: ModeledFileSystem())
    try unbroken.train(resumes: false)
    let expected = try StoredOutcome(of: unbroken.files.disk)
    let calls = unbroken.files.calls
    let all = calls.enumerated().flatMap { Self.cases(call: $0.offset, $0.element) }
    let cases = chosen.choose(all)
    var wrong: [String] = []
    for one in cases {
      if let problem = Self.problem(in: one, expected: expected) {
        wrong.append("\(one): \(problem)")
      }
    }
    print(
      "faults: \(calls.count) calls, \(all.count) cases, \(cases.count) tried, \(wrong.count) "
        + "wrong, seed \(chosen.seed)")
    #expect(wrong.isEmpty, "\(wrong.count), seed \(chosen.seed): \(wrong.prefix(5))")
  }

  private static func cases(call: Int, _ what: ModeledFileSystem.Call) -> [Case] {
    func errors(_ codes: Int32...) -> [ModeledFileSystem.Fault] { codes.map { .error($0) } }
    let faults: [ModeledFileSystem.Fault] =
      switch what.kind {
      case .open: errors(EIO, EINTR, EMFILE) + (what.creates ? errors(ENOSPC) : [])
      case .read: errors(EIO, EINTR) + [.half]
      case .write: errors(EIO, ENOSPC, EINTR) + [.half]
      case .synchronize: errors(EIO, ENOSPC, EINTR)
      case .rename, .makeFolder: errors(EIO, ENOSPC)
      case .lock: errors(ENOLCK, EINTR)
      case .names, .truncate: errors(EIO, EINTR)
      case .status, .access, .permissions, .remove, .removeFolder, .realPath: errors(EIO)
      }
    return faults.flatMap { fault in
      // No system interrupts every call.
      (fault == .error(EINTR) ? [false] : [false, true]).map {
        Case(call: call, fault: fault, isLasting: $0, what: what)
      }
    }
  }

  private static func problem(in one: Case, expected: StoredOutcome) -> String? {
    let injected = InjectedFault(one.fault, from: one.call, of: one.what.kind, one.isLasting)
    let failing = StoredRun(files: ModeledFileSystem { injected.fault(number: $0, in: $1) })
    var failure: String?
    do {
      try failing.train(resumes: false)
    } catch {
      failure = "\(error)"
    }
    if let repeated = injected.repeated { return "synchronized again: \(repeated)" }
    if let open = openFiles(of: failing) { return "\(open) files stay open" }
    let isHarmless = one.fault == .error(EINTR) || one.fault == .half
    if isHarmless, let failure { return "failed: \(failure)" }
    if isHarmless, !failing.warnings.all.isEmpty { return "warned: \(failing.warnings.all)" }
    if let failure, !failure.contains("/") { return "the message names no file: \(failure)" }
    if failure == nil, let problem = Self.difference(expected, failing, start: 0) {
      return "ended without an error, but with \(problem)"
    }
    if failure != nil, one.what.kind != .remove, let left = Self.leftover(failing) {
      return "left over: \(left)"
    }
    return Self.resumed(failing, expected: expected, failed: failure != nil)
  }

  /// What is wrong after a resumption without faults.
  private static func resumed(
    _ failing: StoredRun, expected: StoredOutcome, failed: Bool
  ) -> String? {
    let resumed = StoredRun(files: ModeledFileSystem(disk: failing.files.disk))
    do {
      let start = try resumed.train(resumes: true)
      return difference(expected, resumed, start: start, mayLackFigures: failed).map {
        "resumed from step \(start) with \($0)"
      }
    } catch {
      return "not resumed: \(error)"
    }
  }

  private static func difference(
    _ expected: StoredOutcome, _ run: StoredRun, start: Int, mayLackFigures: Bool = false
  ) -> String? {
    do {
      let found = try StoredOutcome(of: run.files.disk)
      return expected.difference(from: found, start: start, mayLackFigures: mayLackFigures)
    } catch {
      return "\(error)"
    }
  }

  /// The number of files that stay open; nil if none does.
  ///
  /// A worker that ends holds the run, and with it the files, for a moment.
  private static func openFiles(of run: StoredRun) -> Int? {
    for _ in 0..<2000 where run.files.openCount > 0 { usleep(1000) }
    return run.files.openCount == 0 ? nil : run.files.openCount
  }

  private static func leftover(_ run: StoredRun) -> String? {
    run.files.disk.tree.keys.first { $0.contains("/.trainer-") }
  }
}

/// A fault of one call, or of that and all later ones of its kind.
private final class InjectedFault: Sendable {
  private struct State {
    var hasOccurred = false
    var failedSynchronizations: Set<String> = []
    var repeated: String?
  }

  private let fault: ModeledFileSystem.Fault
  private let first: Int
  private let kind: ModeledFileSystem.Call.Kind
  private let isLasting: Bool
  private let state = Mutex(State())

  init(
    _ fault: ModeledFileSystem.Fault, from first: Int, of kind: ModeledFileSystem.Call.Kind,
    _ isLasting: Bool
  ) {
    self.fault = fault
    self.first = first
    self.kind = kind
    self.isLasting = isLasting
  }

  /// A file that was synchronized after that had failed; nil if there is none.
  ///
  /// The system may then report a success although it has dropped what it could not write.
  var repeated: String? { state.withLock { $0.repeated } }

  func fault(number: Int, in call: ModeledFileSystem.Call) -> ModeledFileSystem.Fault? {
    state.withLock { state in
      // A page is written more or less often, by time: the call of this number may be another one.
      let isHit = number >= first && call.kind == kind && (isLasting || !state.hasOccurred)
      if isHit { state.hasOccurred = true }
      // A folder's names can be synchronized again.
      if call.kind == .synchronize, !call.path.hasSuffix("/") {
        if state.failedSynchronizations.contains(call.path) { state.repeated = call.path }
        if isHit, fault != .error(EINTR) { state.failedSynchronizations.insert(call.path) }
      }
      return isHit ? fault : nil
    }
  }
}
