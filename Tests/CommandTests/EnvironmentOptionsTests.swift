import ArgumentParser
import Model
import TestSupport
import Testing
import Training

@testable import TrainerCommand

@Suite("Environment variables")
struct EnvironmentOptionsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func resolve(
    _ environment: [String: String], _ arguments: [String] = []
  ) throws -> TrainCommand {
    try LayeredOptions.resolve(
      TrainCommand.parse(arguments), arguments: arguments, environment: environment
    ) { layers in
      _ = try layers.options.configuration(cores: 1)
      return layers.options
    }
  }

  @Test("give options of training: values, switches and a configuration file")
  func values() throws {
    try folder.write(Array("epochs: 4\nbatch-size: 32\n".utf8), to: "run.yaml")
    let options = try resolve([
      "TRAINER_LEARNING_RATE": "0.25", "TRAINER_OPTIMIZER": "sgd", "TRAINER_SHUFFLE": "false",
      "TRAINER_STRATIFY": "1", "TRAINER_VALIDATION": "100",
      "TRAINER_CONFIG": folder.path("run.yaml"),
    ])
    #expect(options.optimizer.learningRate == 0.25 && options.optimizer.optimizer == .sgd)
    #expect(options.batches.shuffle == false && options.schedule.stratify == true)
    #expect(options.schedule.epochs == 4 && options.batches.batchSize == 32)
  }

  @Test("win over the configuration file, and lose to the command line")
  func order() throws {
    try folder.write(Array("epochs: 4\nseed: 4\nbatch-size: 4\n".utf8), to: "run.yaml")
    let options = try resolve(
      ["TRAINER_SEED": "5", "TRAINER_EPOCHS": "5"],
      ["--config", folder.path("run.yaml"), "--seed", "6"])
    #expect(options.batches.seed == 6 && options.schedule.epochs == 5)
    #expect(options.batches.batchSize == 4)
  }

  @Test("that are empty, or belong to other programs, give nothing")
  func ignored() throws {
    let plain = try resolve([:])
    let options = try resolve([
      "TRAINER_EPOCHS": "", "TRAINER_DATA": "/data", "TRAINER_OPTIONS": "--epochs 7",
      "EPOCHS": "9",
    ])
    #expect(options.schedule.epochs == plain.schedule.epochs && options.data.data == nil)
  }

  @Test(
    "with a mistake are refused by their name",
    arguments: [
      ("TRAINER_EPOCHS", "0", "TRAINER_EPOCHS: --epochs is 0; it must be from 1 to"),
      ("TRAINER_EPOCHS", "many", "TRAINER_EPOCHS is many; it must be a whole number"),
      ("TRAINER_OPTIMIZER", "adum", "TRAINER_OPTIMIZER is adum; it must be one of"),
      ("TRAINER_SHUFFLE", "maybe", "TRAINER_SHUFFLE is maybe; it must be true or false"),
    ])
  func mistakes(variable: String, value: String, message: String) throws {
    do {
      _ = try resolve([variable: value])
      Issue.record("taken")
    } catch let error as TrainerError {
      #expect(error.code == .usage && error.message.asTyped.hasPrefix(message), "\(error)")
    }
  }

  @Test("with a mistake do not matter if the command line gives the option")
  func overridden() throws {
    #expect(throws: TrainerError.self) { try resolve(["TRAINER_EPOCHS": "0"]) }
    let options = try resolve(["TRAINER_EPOCHS": "0"], ["--epochs", "3"])
    #expect(options.schedule.epochs == 3)
  }

  @Test("with a misspelled option are a warning that suggests another; others are not mentioned")
  func warnings() throws {
    let options = try EnvironmentOptions([
      "TRAINER_LERNING_RATE": "1", "TRAINER_STRICT": "1", "TRAINER_TESTS": "DataTests",
      "TRAINER_OPTIONS": "--epochs 3", "TRAINER_SEED": "1",
    ])
    #expect(
      options.warnings == [
        "TRAINER_LERNING_RATE is not the variable of an option; did you mean "
          + "'TRAINER_LEARNING_RATE'?"
      ])
  }

  @Test(
    "of options that only a command line may give are a warning, also if they are misspelled",
    arguments: [
      ("TRAINER_RESUME", "--resume"), ("TRAINER_OVERWRITE", "--overwrite"),
      ("TRAINER_RESUM", "--resume"), ("TRAINER_OVERWRIT", "--overwrite"),
      ("TRAINER_OVERRITE", "--overwrite"),
    ])
  func commandLineOnly(variable: String, option: String) throws {
    let options = try EnvironmentOptions([variable: "true"])
    #expect(options.options.entries.isEmpty)
    #expect(
      options.warnings == [
        "\(variable) is not the variable of an option; \(option) must be given on the command line"
      ])
  }

  @Test("are what `trainer config` prints too")
  func printed() async throws {
    let result = try await Command.run(
      ["config"], environment: ["TRAINER_LEARNING_RATE": "0.25", "TRAINER_LERNING_RATE": "1"],
      in: folder)
    #expect(result.status == 0 && result.lines.contains("learning-rate: 0.25"))
    #expect(result.errors.contains("did you mean 'TRAINER_LEARNING_RATE'?"))
  }
}
