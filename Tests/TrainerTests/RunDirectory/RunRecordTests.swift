import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files
@testable import Machine
@testable import Model
@testable import Runs
@testable import Training

@Suite("A run's record")
struct RunRecordTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("contains the settings with their types, the data and the machine")
  func content() throws {
    var files = RunFiles()
    files.settings["seed"] = UInt64.max
    let directory = try files.write(to: "run", in: folder)
    let record = try RunRecord.read(path: directory + "/config.json")
    #expect(
      record.settings == [
        "batch-size": .integer(512), "dropout": .number(0.2), "epochs": .integer(3),
        "optimizer": .text("adam"), "seed": .unsigned(.max), "shuffle": .flag(true),
        // A version that did not have it did not stratify.
        "stratify": .flag(false),
      ])
    #expect(record.command == ["trainer", "--output", "runs/one"])
    #expect(record.threads == 2)
    #expect(record.blasCore == nil)
    #expect(record.dataset.name == "mnist")
    #expect(record.dataset.sha256?["train-images-idx3-ubyte"] == RunFiles.digest)
    #expect(record.machine.openBLAS?.core == "SkylakeX")
    #expect(record.machine.cpu == nil)
  }

  @Test("is written with escapes for what could control a terminal, and read back the same")
  func escapes() throws {
    var record = try RunRecord.read(
      path: RunFiles().write(to: "run", in: folder) + "/config.json")
    record.command = ["trainer", "--save", "a\u{9B}31m\u{202E}b\u{7F}"]
    try record.write(path: folder.path("run/config.json"))
    let text = try folder.text("run/config.json")
    #expect(text.contains(#""a\u009b31m\u202eb\u007f""#))
    #expect(text.printable(keeping: "\n") == text)
    #expect(try RunRecord.read(path: folder.path("run/config.json")).command == record.command)
  }

  @Test("keeps the types of the settings that a run writes")
  func writtenSettings() throws {
    var files = RunFiles()
    var training = TrainingConfiguration(threads: 1)
    training.optimizer.weightDecay = 0.01
    let encoder = JSONEncoder()
    let written = Dictionary(uniqueKeysWithValues: training.settings.map { ($0.name, $0.value) })
    let object = try JSONSerialization.jsonObject(with: try encoder.encode(written))
    files.settings = try #require(object as? [String: Any])
    let read = try RunRecord.read(
      path: files.write(to: "run", in: folder) + "/config.json")
    #expect(read.settings.keys.sorted() == written.keys.sorted())
    for (name, value) in written {
      // A whole number of a setting that may be broken has lost its kind.
      if case .number(let number) = value, number == number.rounded() {
        #expect(read.settings[name] == .integer(Int(number)), "\(name)")
      } else if case .unsigned(let word) = value {
        #expect(read.settings[name] == .integer(Int(word)), "\(name)")
      } else {
        #expect(read.settings[name] == value, "\(name)")
      }
    }
  }

  @Test(
    "that is not valid gives an error with the field",
    arguments: [
      ("trainer run", "trainer ruin", "found format `trainer ruin` 1"),
      (#""format_version":1"#, #""format_version":2"#, "found format `trainer run` 2"),
      (#""threads":2"#, #""threads":true"#, "field `threads`: found another kind of value"),
      (#""name":"mnist","#, "", "field `dataset.name`: found nothing"),
      (#""batch-size":512"#, #""batch-size":[]"#, "field `settings.batch-size`: found another"),
      (#""batch-size":512"#, #""batch-size":1e999"#, "a number that is too large"),
      (
        #""cores":2"#, #""cores":99999999999999999999"#,
        "field `machine.cores`: found 99999999999999999999, expected a whole number that "
      ),
      (
        #""threads":2,"#, #""threads":2,"pin":"x","#,
        "field `pin`: found `x`, which is not one of its values"
      ),
      (#""cores":2"#, #""cores":"two""#, "field `machine.cores`: found another kind of value"),
      (#"{"command""#, #"{command"#, #"found no JSON near "{command"#),
    ])
  func wrong(old: String, new: String, message: String) throws {
    let text = String(decoding: try RunFiles().configuration(), as: UTF8.self)
    #expect(text.contains(old))
    try folder.write(Array(text.replacing(old, with: new).utf8), to: "run/config.json")
    let error = try #require(throws: TrainerError.self) {
      try RunRecord.read(path: folder.path("run/config.json"))
    }
    #expect(error.code == .badData)
    #expect(error.description.hasPrefix(folder.path("run/config.json") + ": "))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("is refused if its file is missing, a directory, a pipe or too large")
  func unreadable() throws {
    func failure() throws -> TrainerError {
      try #require(throws: TrainerError.self) {
        try RunRecord.read(path: folder.path("run/config.json"))
      }
    }
    #expect(try failure().code == .dataNotFound)
    try folder.write([], to: "run/config.json/file")
    #expect(try failure().description.contains("found a directory, expected a regular file"))
    try FileManager.default.removeItem(atPath: folder.path("run/config.json"))
    #expect(mkfifo(folder.path("run/config.json"), 0o600) == 0)
    #expect(try failure().description.contains("found a named pipe, expected a regular file"))
    try FileManager.default.removeItem(atPath: folder.path("run/config.json"))
    try folder.write([], to: "run/config.json")
    #expect(truncate(folder.path("run/config.json"), 1 << 25) == 0)
    #expect(try failure().description.contains("found 33554432 bytes, expected at most"))
  }
}
