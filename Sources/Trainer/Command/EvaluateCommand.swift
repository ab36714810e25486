import ArgumentParser
import Files
import Foundation
import ImageData
import Model
import Parallel
import Runs
import Training

/// The command `trainer evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate saved models on a test set.",
    discussion: """
      Without --dataset and --data the data set is the one that the first model was trained on.

        trainer evaluate --model model.safetensors
        trainer evaluate --model runs/a --model runs/b --tta "shift 1" --json
      """)

  @OptionGroup(title: GroupTitle.models) var ensemble: EnsembleOptions
  @OptionGroup(title: GroupTitle.execution) var execution: ExecutionOptions
  @OptionGroup(title: GroupTitle.data) var dataOptions: EvaluationDataOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let usable = UsableCPUs.current()
    let threads = try execution.threadCount(default: usable.count)
    let views = try ensemble.views()
    let models = try ensemble.models()
    try execution.selectKernels(of: models, isQuiet: json)
    let location = try locateData(of: models[0])
    if !json { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    for model in models {
      if let warning = model.warning(evaluatedOn: dataset) { Console.warning(warning) }
    }
    try EnsembleOptions.requireMemory(
      for: models, rows: threads * min(LeafPlan.blockRows, dataset.test.count), usable: usable)
    let evaluation = try ModelEvaluation(
      models.map(\.member), views: views, dataset: dataset, threads: threads,
      coreCount: usable.count, engine: execution.engine.engine)
    let names = models[0].data?.classNames ?? dataset.classNames()
    try Console.result(
      json
        ? try encoded(
          EvaluationRecord(evaluation: evaluation, dataset: dataset.name, classNames: names))
        : EvaluationText(evaluation, classNames: names).lines.joined(separator: "\n"))
  }

  /// The requested data set, otherwise that of a model.
  private func locateData(of saved: SavedModel) throws -> DatasetLocation {
    if !dataOptions.isGiven {
      if let location = try saved.locateData(
        environment: ProcessInfo.processInfo.environment, note: DataOptions.tellOfUnreadable)
      {
        return location
      }
      let location = try dataOptions.locate()
      Console.warning(
        "\(saved.file.path) does not record its data set; it is evaluated on "
          + "\(location.name) in \(location.directory); choose with --dataset or --data")
      return location
    }
    return try dataOptions.locate()
  }
}

/// The output of `--json`.
private struct EvaluationRecord: Encodable {
  let evaluation: ModelEvaluation
  /// The name of the data set.
  let dataset: String
  /// The classes' names, class 0 first; nil if they are not known.
  let classNames: [String]?

  private enum CodingKeys: CodingKey {
    case dataset, classNames
  }

  func encode(to encoder: any Encoder) throws {
    try evaluation.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dataset, forKey: .dataset)
    try container.encodeIfPresent(classNames, forKey: .classNames)
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
