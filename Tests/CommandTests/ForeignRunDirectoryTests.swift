import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import TrainerCommand
@testable import Training

@Suite("A run directory from elsewhere")
struct ForeignRunDirectoryTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func resolve(_ settings: [String: Any]) throws -> LayeredOptions {
    var files = RunFiles()
    files.settings.merge(settings) { $1 }
    let directory = try files.write(to: "run", in: folder)
    let arguments = ["--output", directory, "--resume"]
    return try LayeredOptions.resolve(try TrainCommand.parse(arguments), arguments: arguments) {
      $0
    }
  }

  @Test(
    "does not decide which files are written",
    arguments: [
      "metrics", "save", "save-init", "profile", "tensorboard", "output", "overwrite", "config",
      "threads", "quiet", "epochs=1 --save", "prometheus",
    ])
  func otherOptions(name: String) throws {
    let error = #expect(throws: TrainerError.self) { try resolve([name: "victim"]) }
    #expect(error?.code == .badData)
    let file = folder.path("run/config.json")
    #expect(error?.description.hasPrefix("\(file): field `settings.\(name)`: found ") == true)
  }

  @Test("decides data, start and mathematics, which the command line may change")
  func settings() throws {
    let options = try resolve([
      "dataset": "fashion-mnist", "data": "/data", "init": "/start", "keep": 7,
      "checkpoint-every": "90.0s", "batch-size": 64,
    ]).options
    #expect(options.data.data == "/data" && options.files.`init` == "/start")
    #expect(options.output.keep == 7 && options.output.checkpointEvery == .seconds(90))
    #expect(options.batches.batchSize == 64)
  }

  @Test("names the file and the setting whose value has another kind than the option")
  func wrongKind() throws {
    for (name, value, expected): (String, Any, String) in [
      ("epochs", true, "found true, expected a number or a text"),
      ("model", false, "found false, expected a number or a text"),
      ("shuffle", 3, "found 3, expected true or false"),
      ("epochs", "many", "epochs is many; it must be a whole number"),
      ("epochs", 1.5, "epochs is 1.5; it must be a whole number"),
      ("model", "", "found an empty text, expected a value"),
      ("data", "a\0b", "found a text with a NUL character, expected a value"),
    ] {
      let error = #expect(throws: TrainerError.self) { try resolve([name: value]) }
      #expect(error?.code == .badData)
      let place = "\(folder.path("run/config.json")): field `settings.\(name)`: "
      #expect(error?.description == place + expected)
    }
  }

  @Test("names the file and the setting whose value is outside its limits")
  func wrongValue() throws {
    var files = RunFiles()
    files.settings["epochs"] = 0
    let arguments = ["--output", try files.write(to: "run", in: folder), "--resume"]
    let error = #expect(throws: TrainerError.self) {
      try LayeredOptions.resolve(try TrainCommand.parse(arguments), arguments: arguments) {
        _ = try $0.options.configuration(cores: 1)
      }
    }
    #expect(error?.code == .badData)
    let place = "\(folder.path("run/config.json")): field `settings.epochs`: "
    let text = error?.description ?? ""
    #expect(text.hasPrefix(place + "--epochs is 0; "), "\(text)")
  }

  @Test("is not blamed for a value of the command line, nor for what contradicts one")
  func otherMistakes() throws {
    var files = RunFiles()
    files.settings.merge(["epochs": 9, "fold": "1/5", "average-from": 5]) { $1 }
    let directory = try files.write(to: "run", in: folder)
    let settings = folder.path("run/config.json") + ": field `settings."
    for (option, expected) in [
      (["--epochs", "0"], "--epochs is 0; "),
      (["--epochs", "3"], settings + "average-from`: --average-from is 5; "),
      (["--validation", "9"], settings + "fold`: --fold is 1/5, but --validation is 9; "),
    ] {
      let arguments = ["--output", directory, "--resume"] + option
      let error = #expect(throws: TrainerError.self) {
        try LayeredOptions.resolve(try TrainCommand.parse(arguments), arguments: arguments) {
          _ = try $0.options.configuration(cores: 1)
        }
      }
      #expect(error?.code == .usage)
      let text = error?.message.asTyped ?? ""
      #expect(text.hasPrefix(expected), "\(text)")
    }
  }

  @Test("may have every setting of training that a configuration file may have")
  func everySetting() {
    // What belongs to a call and not to its result.
    let own: Set = [
      "threads", "pin", "isa", "quiet", "no-progress", "output", "save-init", "save", "metrics",
      "prometheus", "profile", "tensorboard", "histogram-every", "objective", "objective-file",
      // Another name of learning-rate.
      "lr",
    ]
    #expect(RecordedOptions.names == OptionNames.all.subtracting(own))
  }

  @Test("that another process has changed since its settings were read is refused")
  func changed() throws {
    let paths = RunPaths(directory: folder.path("run"))
    let arguments = ["--output", paths.directory, "--resume"]
    let none = try LayeredOptions.resolve(
      try TrainCommand.parse(arguments), arguments: arguments
    ) { $0 }
    try none.requireUnchanged(paths)
    let layers = try resolve([:])
    try layers.requireUnchanged(paths)
    _ = try resolve(["epochs": 5])
    for earlier in [none, layers] {
      let error = #expect(throws: TrainerError.self) { try earlier.requireUnchanged(paths) }
      #expect(error?.code == .inputOutput)
      #expect(error?.description.hasPrefix(paths.config) == true)
    }
  }
}
