import ArgumentParser
import Testing

@testable import TrainerCommand

@Suite("The names that an option has to choose from")
struct NamedChoiceTests {
  @Test("are the same in upper and lower case")
  func anyCase() throws {
    let train = try TrainCommand.parse([
      "--engine", "Native", "--optimizer", "SGD", "--objective", "Test-Loss",
    ])
    #expect(train.kernels.engine?.defaultValueDescription == "native")
    #expect(train.optimizer.optimizer.defaultValueDescription == "sgd")
    #expect(train.files.objective?.defaultValueDescription == "test-loss")

    let export = try ExportCommand.parse(["--model", "a", "--onnx", "b", "--input", "BYTES"])
    #expect(export.input?.defaultValueDescription == "bytes")

    let data = try ImportCommand.parse(["photos", "--output", "a", "--validation-set", "Test"])
    #expect(data.validationSet?.defaultValueDescription == "test")
  }
}
