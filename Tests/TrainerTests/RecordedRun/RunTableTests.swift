import Foundation
import TestSupport
import Testing

@testable import Machine
@testable import Model
@testable import Runs

@Suite("A table of runs")
struct RunTableTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func run(
    _ name: String, accuracies: [Double] = [0.9], seconds: Double? = 1,
    change: (inout RunFiles) -> Void = { _ in }
  ) throws -> RecordedRun {
    var files = RunFiles(accuracies: accuracies, seconds: seconds)
    change(&files)
    return RecordedRun(directory: try files.write(to: name, in: folder))
  }

  /// The cells of each line: columns are at least two spaces apart.
  private func cells(_ table: RunTable) -> [[String]] {
    table.lines.map { $0.split(separator: #/ {2,}/#).map(String.init) }
  }

  @Test("shows exactly the settings that differ, including those that only some runs have")
  func differing() throws {
    let table = RunTable([
      try run("a"),
      try run("b") {
        $0.settings["seed"] = 1
        $0.settings["clip-norm"] = 0.5
      },
      try run("c") {
        $0.settings["epochs"] = 20
        $0.threads = 8
      },
    ])
    #expect(table.differing == ["clip-norm", "seed", "threads"])
    #expect(
      cells(table) == [
        [
          "run", "state", "clip-norm", "seed", "threads", "epochs", "accuracy", "best test (epoch)",
          "time", "digest",
        ],
        [
          "a", "complete", "-", "0", "2", "1/3", "90.00 %", "90.00 % (1)", "1.0 s",
          "0123456789ab",
        ],
        [
          "b", "complete", "0.5", "1", "2", "1/3", "90.00 %", "90.00 % (1)", "1.0 s",
          "0123456789ab",
        ],
        [
          "c", "complete", "-", "0", "8", "1/20", "90.00 %", "90.00 % (1)", "1.0 s",
          "0123456789ab",
        ],
      ])
  }

  @Test("has one line of heading, whatever the names of settings in files are")
  func hostileName() throws {
    let table = RunTable([try run("a"), try run("b") { $0.settings["x\ny"] = 1 }])
    #expect(table.lines.count == 3)
    #expect(table.lines[0].contains("x\u{FFFD}y"))
  }

  @Test("shows the last and the best accuracy, and a dash for unknown values")
  func figures() throws {
    let table = RunTable([
      try run("falls", accuracies: [0.9, 0.95, 0.92], seconds: 3725),
      try run("stopped", accuracies: [0.8], seconds: nil),
      try run("young") { $0.metrics = [] },
    ])
    #expect(
      cells(table).dropFirst() == [
        ["falls", "complete", "3/3", "92.00 %", "95.00 % (2)", "1 h 02 min", "0123456789ab"],
        ["stopped", "stopped at step 100", "1/3", "80.00 %", "80.00 % (1)", "-", "-"],
        ["young", "no metrics", "0/3", "-", "-", "-", "-"],
      ])
  }

  @Test("shows whether the best epoch was chosen by validation or on the test set")
  func bestBasis() throws {
    func validated(_ files: inout RunFiles) {
      // The epoch with the smaller validation loss has the lower test accuracy.
      for (index, loss) in [(1, 0.2), (2, 0.3)] {
        files.metrics[index] = files.metrics[index].replacing(
          "{", with: #"{"validation_loss":\#(loss),"validation_accuracy":0.9,"#)
      }
    }
    let validation = try run("v", accuracies: [0.8, 0.9], change: validated)
    let alone = RunTable([validation])
    #expect(cells(alone)[0][4] == "at best val loss (epoch)")
    #expect(cells(alone)[1][3...4] == ["90.00 %", "80.00 % (1)"])
    let both = RunTable([validation, try run("w", accuracies: [0.7, 0.6])])
    #expect(cells(both)[0][4...5] == ["best test (epoch)", "at best val loss (epoch)"])
    #expect(cells(both)[1][4...5] == ["-", "80.00 % (1)"])
    #expect(cells(both)[2][4...5] == ["70.00 % (1)", "-"])
  }

  @Test("compares the OpenBLAS cores in use, also of older records")
  func blasCore() throws {
    let old = try run("old")
    let new = RecordedRun(
      directory: try {
        let files = RunFiles(accuracies: [0.9], seconds: 1)
        let directory = try files.write(to: "new", in: folder)
        let text = try folder.text("new/config.json")
        try folder.write(
          Array(
            text.replacing(#""kernel":"SkylakeX","#, with: "")
              .replacing("SkylakeX", with: "Haswell")
              .replacing(#"{"command""#, with: #"{"blas_core":"Haswell","command""#).utf8),
          to: "new/config.json")
        return directory
      }())
    let table = RunTable([old, new])
    #expect(table.differing == ["blas-core"])
    #expect(cells(table).map { $0[2] } == ["blas-core", "Haswell", "SkylakeX"])
  }

  @Test("names no OpenBLAS core of a run that OpenBLAS did not compute")
  func nativeEngine() throws {
    let table = RunTable([
      try run("old"), try run("native") { $0.settings["engine"] = "native" },
    ])
    #expect(table.differing == ["blas-core", "engine"])
    // The record of the machine has a core, as in older versions.
    #expect(table.runs.map { $0.record?.machine.openBLAS?.core } == ["SkylakeX", "SkylakeX"])
    #expect(cells(table)[1].prefix(4) == ["native", "complete", "-", "native"])
    #expect(cells(table)[2].prefix(4) == ["old", "complete", "SkylakeX", "-"])
  }

  @Test("shows the reason for an early end")
  func reason() throws {
    let table = RunTable([
      try run("early") {
        $0.metrics[2] = $0.metrics[2].replacing(
          #""seconds""#, with: #""ended_by":"early-stopping","seconds""#)
      }
    ])
    #expect(cells(table)[1][1] == "complete (early-stopping)")
  }

  @Test("is sorted by name with numbers by value, by accuracy or by time")
  func order() throws {
    let runs = [
      try run("seed-10", accuracies: [0.9], seconds: 2),
      try run("seed-9", accuracies: [0.8], seconds: nil),
      try run("seed-1", accuracies: [0.95], seconds: 3),
      try run("seed-2", accuracies: [0.95], seconds: 1),
      try run("young", seconds: nil) { $0.metrics = [] },
    ]
    func names(_ order: RunOrder) -> [String] {
      RunTable(runs, order: order).runs.map {
        URL(fileURLWithPath: $0.directory).lastPathComponent
      }
    }
    #expect(names(.name) == ["seed-1", "seed-2", "seed-9", "seed-10", "young"])
    #expect(names(.accuracy) == ["seed-1", "seed-2", "seed-10", "seed-9", "young"])
    #expect(names(.time) == ["seed-2", "seed-10", "seed-1", "seed-9", "young"])
  }

  @Test("is sorted by the values of decimal numbers in names")
  func decimals() throws {
    let names = ["lr-0.0005", "lr-0.001", "lr-0.01", "lr-0.1", "lr-1.25", "lr-1.5"]
    let table = RunTable(try names.reversed().map { try run($0) })
    #expect(table.shownNames == names)
  }

  @Test("shows paths if two runs have the same name")
  func sameNames() throws {
    let table = RunTable([try run("x/run"), try run("y/run")])
    #expect(
      cells(table).dropFirst().map { $0[0] } == [folder.path("x/run"), folder.path("y/run")])
  }

  @Test("shows a broken run together with the others")
  func broken() throws {
    let table = RunTable([try run("a"), try run("b") { $0.metrics[0] = "" }])
    #expect(cells(table)[1][1] == "complete")
    #expect(cells(table)[2].prefix(2) == ["b", "broken"])
    #expect(table.differing.isEmpty)
  }

  @Test("replaces characters in names that could control the terminal")
  func controlCharacters() throws {
    let table = RunTable([try run("red\u{1B}[31m\u{202E}x\ny")])
    #expect(table.lines.count == 2)
    #expect(table.lines[1].hasPrefix("red\u{FFFD}[31m\u{FFFD}x\u{FFFD}y"))
  }

  @Test("has aligned columns")
  func alignment() throws {
    let lines = RunTable([try run("a"), try run("a-long-name", seconds: nil)]).lines
    let state = try #require(lines[0].firstRange(of: "state")).lowerBound
    let column = lines[0].distance(from: lines[0].startIndex, to: state)
    #expect(lines[1].dropFirst(column).hasPrefix("complete"))
    #expect(lines[2].dropFirst(column).hasPrefix("stopped at step 100"))
  }
}
