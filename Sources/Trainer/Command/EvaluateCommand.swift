import ArgumentParser
import Foundation
import MNISTData
import Model
import Parallel
import Trainer

/// `trainer evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Run a saved model over the test set.")

  @Option(help: ArgumentHelp("The model, a safetensors file.", valueName: "file"))
  var model: String

  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Data") var dataOptions: DataOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples that a thread works on at a time; as in training, for the same loss to the last bit.",
      valueName: "n"))
  var shardSize = 64

  @Flag(help: "Print JSON.")
  var json = false

  /// Each thread has memory for a shard.
  private static let maximumShardSize = 4096

  func run() throws {
    let usable = UsableCPUs.current()
    let threads = try execution.threadCount(default: usable.count)
    guard (1...Self.maximumShardSize).contains(shardSize) else {
      throw TrainerError(
        .usage, "--shard-size is \(shardSize); it has to be from 1 to \(Self.maximumShardSize)")
    }
    try execution.blas.select(isQuiet: json)
    let file = try SafetensorsFile.read(path: model)
    let location = try dataOptions.locate()
    if !json { Console.note("Data set \(location.name) from \(location.directory)") }
    let evaluation = try ModelEvaluation(
      file: file, dataset: Dataset.load(from: location), threads: threads, shardSize: shardSize,
      coreCount: usable.count)
    try Console.result(json ? try encoded(evaluation) : table(evaluation))
  }

  private func table(_ evaluation: ModelEvaluation) -> String {
    let classes = evaluation.confusionMatrix.indices
    func cell(_ text: String) -> String {
      String(repeating: " ", count: max(0, 7 - text.count)) + text
    }
    var lines = [
      "loss \(fixed(evaluation.loss, 6))  accuracy \(percent(evaluation.accuracy)) "
        + "of \(evaluation.samples) samples",
      "",
      "class  accuracy  predicted as",
      "                " + classes.map { cell("\($0)") }.joined(),
    ]
    for label in classes {
      let accuracy = evaluation.classAccuracy[label].map(percent) ?? "-"
      let name = String(repeating: " ", count: max(0, 5 - "\(label)".count)) + "\(label)"
      let share = String(repeating: " ", count: max(0, 10 - accuracy.count)) + accuracy
      lines.append(
        name + share + " " + evaluation.confusionMatrix[label].map { cell("\($0)") }.joined())
    }
    return lines.joined(separator: "\n")
  }
}

/// A value as JSON for a person or a program: keys in snake case, sorted.
func encoded(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON
}
