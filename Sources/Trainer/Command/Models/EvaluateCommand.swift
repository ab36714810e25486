import ArgumentParser
import ImageData
import Runs
import Training

/// The command `trainer evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate saved models on a test set.",
    discussion: """
      Without --dataset and --data the data set is that of the first model that records one.

        trainer evaluate --model model.safetensors
        trainer evaluate --model runs/a --model runs/b --tta "shift 1" --json
      """)

  @OptionGroup(title: GroupTitle.models) var ensemble: EnsembleOptions
  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: SavedModelKernels
  @OptionGroup(title: GroupTitle.data) var dataOptions: EvaluationDataOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let job = try EvaluationJob(threads: threads, kernels: kernels, isQuiet: json)
    let views = try ensemble.views()
    let models = try ensemble.models()
    try job.selectKernels(for: models)
    let dataset = try job.loadData(of: models, dataOptions)
    let evaluation = try job.evaluate(models, views: views, on: dataset)
    let names = models[0].data?.classNames ?? dataset.classNames()
    try Console.result(
      json
        ? try encoded(
          EvaluationRecord(evaluation: evaluation, dataset: dataset.name, classNames: names))
        : EvaluationText(evaluation, classNames: names).lines)
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
