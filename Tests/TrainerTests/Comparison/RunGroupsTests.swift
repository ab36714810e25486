import Foundation
import TestSupport
import Testing

@testable import Runs

@Suite("Groups of runs")
struct RunGroupsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A run that has ended with an accuracy and weights of its own.
  private func run(
    _ name: String, _ accuracy: Double, seconds: Double? = 1, settings: [String: Any] = [:],
    validation: Double? = nil, change: (inout RunFiles) -> Void = { _ in }
  ) throws -> RecordedRun {
    var files = RunFiles(accuracies: [0.5, accuracy], seconds: seconds)
    files.settings.merge(settings) { $1 }
    let digest = name.utf8.map { String($0, radix: 16) }.joined() + RunFiles.digest
    files.metrics = files.metrics.map {
      var line = $0.replacing(RunFiles.digest, with: digest.prefix(64))
      if let validation, line.contains(#""event":"epoch""#) {
        line = line.replacing(
          "{", with: #"{"validation_loss":0.2,"validation_accuracy":\#(validation),"#)
      }
      return line
    }
    change(&files)
    return RecordedRun(directory: try files.write(to: name, in: folder))
  }

  private func cells(_ groups: RunGroups) -> [[String]] {
    groups.lines.map { $0.split(separator: #/ {2,}/#).map(String.init) }
  }

  @Test("have the mean, deviation and range of the last epochs' results")
  func figures() throws {
    let groups = RunGroups(
      [
        try run("a", 0.90, settings: ["seed": 1]), try run("b", 0.94, settings: ["seed": 2]),
        try run("c", 0.92, settings: ["seed": 3]),
        try run("d", 0.80, settings: ["optimizer": "sgd"]),
      ], by: ["optimizer"])
    #expect(
      cells(groups) == [
        ["optimizer", "runs", "accuracy, %", "range", "test loss", "range"],
        ["adam", "3", "92.00 ± 2.00", "90.00 to 94.00", "0.3333 ± 0.0000", "0.3333 to 0.3333"],
        ["sgd", "1", "80.00", "80.00 to 80.00", "0.3333", "0.3333 to 0.3333"],
      ])
    #expect(groups.notes.isEmpty)
    let accuracy = try #require(groups.groups[0].testAccuracy)
    #expect(accuracy.count == 3 && abs(accuracy.mean - 0.92) < 1e-12)
  }

  @Test("have no deviation of losses whose squares are too large, as text and as JSON")
  func largeLosses() throws {
    let runs = [
      try run("a", 0.90, settings: ["seed": 1]),
      try run("b", 0.94, settings: ["seed": 2]) { files in
        files.metrics = files.metrics.map {
          $0.replacing(#/"test_loss":[0-9.]+/#, with: "\"test_loss\":1e300")
        }
      },
    ]
    let groups = RunGroups(runs, by: ["optimizer"])
    #expect(cells(groups)[1].suffix(2) == ["5e+299", "0.3333 to 1e+300"])
    let json = String(decoding: try JSONEncoder().encode(groups.groups), as: UTF8.self)
    #expect(json.contains("\"testLoss\":{"))
    #expect(json.ranges(of: "standardDeviation").count == 1)
  }

  @Test("have the validation accuracy of the runs that have one")
  func validation() throws {
    func fold(_ number: Int) -> [String: Any] { ["fold": "\(number)/3", "optimizer": "adamw"] }
    let groups = RunGroups(
      [
        try run("a", 0.9, settings: fold(1), validation: 0.7),
        try run("b", 0.9, settings: fold(2), validation: 0.8), try run("c", 0.9),
      ], by: ["optimizer"])
    #expect(cells(groups)[0].suffix(2) == ["val accuracy, %", "range"])
    #expect(cells(groups)[1].suffix(2) == ["-", "-"])
    #expect(cells(groups)[2].suffix(2) == ["75.00 ± 7.07", "70.00 to 80.00"])
    // Folds differ on purpose.
    #expect(groups.notes.isEmpty)
  }

  @Test("name the settings that differ inside besides seed and fold, if they can change a result")
  func differing() throws {
    let groups = RunGroups(
      [
        try run("a", 0.9, settings: ["seed": 1]),
        try run("b", 0.9, settings: ["seed": 2, "learning-rate": 0.1, "fold": "1/5"]) {
          $0.threads = 7
          $0.settings["epochs"] = 5
        },
        try run("c", 0.9, settings: ["seed": 3, "data": "/elsewhere"]),
      ], by: ["optimizer", "clip-norm"])
    #expect(groups.groups.map(\.differing) == [["epochs", "learning-rate"]])
    #expect(
      groups.notes == [
        "optimizer adam, clip-norm none: its runs also differ in epochs, learning-rate, so the deviation "
          + "is not one of seeds or folds alone"
      ])
    #expect(cells(groups)[1].prefix(3) == ["adam", "-", "3"])
  }

  @Test("tell data sets of one name by their digests")
  func otherData() throws {
    let other = try run("b", 0.9)
    let path = "b/config.json"
    let changed = try folder.text(path).replacing(
      RunFiles.digest, with: String(repeating: "f", count: 64))
    try folder.write(Array(changed.utf8), to: path)
    let groups = RunGroups(
      [try run("a", 0.9), RecordedRun(directory: other.directory)], by: ["dataset"])
    #expect(groups.groups.map(\.differing) == [["dataset"]])
  }

  @Test("leave out runs that have not ended, and say so")
  func unfinished() throws {
    let young = try run("b", 0.1, seconds: nil)
    let groups = RunGroups([try run("a", 0.9), young], by: ["optimizer"])
    #expect(groups.groups[0].testAccuracy?.mean == 0.9)
    #expect(groups.groups[0].runs.count == 1)
    #expect(
      groups.notes == ["optimizer adam: left out, since it has not ended: \(young.directory)"])
    let alone = RunGroups([young], by: ["optimizer"])
    #expect(cells(alone)[1] == ["adam", "0", "-", "-", "-", "-"])
  }

  @Test("name runs that repeat another")
  func repeated() throws {
    let copy = try run("b", 0.9) { files in
      files.metrics = files.metrics.map { $0.replacing("62", with: "61") }
    }
    let groups = RunGroups([try run("a", 0.9), copy], by: ["seed"])
    #expect(groups.groups[0].repeated.map(\.directory) == [copy.directory])
    #expect(
      groups.notes.count == 1 && groups.notes[0].contains("seed 0: no further evidence, since"))
  }

  @Test("take a setting that an older version did not have for its default")
  func older() throws {
    let groups = RunGroups(
      [try run("a", 0.9), try run("b", 0.9, settings: ["stratify": false])], by: ["stratify"])
    #expect(groups.groups.count == 1)
    #expect(cells(groups)[1].prefix(2) == ["false", "2"])
  }

  @Test("are sorted by values with numbers by size, or by accuracy")
  func order() throws {
    let runs = try [(9, 0.9), (10, 0.7), (100, 0.8)].map {
      try run("batch-\($0)", $1, settings: ["batch-size": $0])
    }
    func sizes(_ order: RunOrder) -> [String?] {
      RunGroups(runs, by: ["batch-size"], order: order).groups.map { $0.settings[0].value }
    }
    #expect(sizes(.name) == ["9", "10", "100"])
    #expect(sizes(.accuracy) == ["9", "100", "10"])
  }

  @Test("are sorted by the values of numbers with fractions and exponents")
  func fractions() throws {
    let rates = [3e-10, 1e-4, 0.0005, 0.001, 0.01, 0.1, 1, 10]
    let runs = try rates.reversed().enumerated().map {
      try run("run-\($0)", 0.9, settings: ["learning-rate": $1])
    }
    let groups = RunGroups(runs, by: ["learning-rate"]).groups
    #expect(groups.compactMap { group in group.settings[0].value.flatMap { Double($0) } } == rates)
  }

  @Test("put values in a strict order: none, numbers, texts")
  func values() {
    let sorted = [
      nil, "-1", "3e-10", "1e-04", "0.0005", "9007199254740992", "9007199254740993", "1e300", "",
      "1/5", "2/5", "10/5", "adam", "inf", "nan",
    ]
    for (i, first) in sorted.enumerated() {
      for (j, second) in sorted.enumerated() {
        #expect(SettingOrder.precedes(first, second) == (i < j))
      }
    }
  }

  @Test("leave out broken runs")
  func broken() throws {
    try folder.write(Array("no record".utf8), to: "b/config.json")
    let groups = RunGroups(
      [try run("a", 0.9), RecordedRun(directory: folder.path("b"))], by: ["seed"])
    #expect(groups.groups.map(\.runs.count) == [1])
  }
}
