import ArgumentParser
import ImageData
import Runs
import Training

/// The command `trainer evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a saved model on a test set.",
    discussion: """
      Without --dataset and --data the model is evaluated on the data set that it was trained on.

        trainer evaluate --model model.safetensors
        trainer evaluate --model runs/a --json
      """)

  @Option(
    help: ArgumentHelp(
      "The model: a safetensors file, or a run directory with model.safetensors.", valueName: "path"
    ),
    completion: .file(extensions: ["safetensors"]))
  var model: String

  @OptionGroup(title: GroupTitle.execution) var execution: ExecutionOptions
  @OptionGroup(title: GroupTitle.data) var dataOptions: EvaluationDataOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let job = try EvaluationJob(execution, isQuiet: json)
    let saved = try SavedModel(path: model)
    try job.selectKernels(for: [saved])
    let dataset = try job.loadData(of: [saved], dataOptions)
    let evaluation = try job.evaluate(saved, on: dataset)
    try Console.result(
      json
        ? try encoded(EvaluationRecord(evaluation: evaluation, dataset: dataset.name))
        : EvaluationText(evaluation, classNames: saved.data?.classNames).lines
          .joined(separator: "\n"))
  }
}

/// The output of `--json`.
private struct EvaluationRecord: Encodable {
  let evaluation: ModelEvaluation
  /// The name of the data set.
  let dataset: String

  private enum CodingKeys: CodingKey {
    case dataset
  }

  func encode(to encoder: any Encoder) throws {
    try evaluation.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dataset, forKey: .dataset)
  }
}

/// The options for the data set on which a model is evaluated.
struct EvaluationDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "\(KnownDataset.choice), or a directory's name in $TRAINER_DATA (default: the data set that the "
        + "model was trained on).",
      valueName: "name"),
    completion: .list(KnownDataset.all.map(\.name)))
  var dataset: String?

  @Option(
    help: ArgumentHelp("A directory with the four IDX files.", valueName: "dir"),
    completion: .directory)
  var data: String?

  /// Whether a data set was requested.
  var isGiven: Bool { dataset != nil || data != nil }

  /// Finds the data set.
  func locate() throws -> DatasetLocation {
    try DataOptions.locate(dataset: dataset, data: data)
  }
}
