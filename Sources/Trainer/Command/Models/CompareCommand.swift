import ArgumentParser
import ImageData
import Runs
import Training

/// The command `trainer compare`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two groups of models on one test set: is the difference more than chance?",
    usage: "trainer compare [<options>] <a> ... -- <b> ...",
    discussion: """
      Options come before the models; -- divides the groups. Two models are compared by McNemar's \
      test of their predictions, several runs by a permutation test of their accuracies. Without \
      --dataset and --data the models are evaluated on the test set of the data set that they were \
      trained on.

        trainer compare model.safetensors -- other.safetensors
        trainer compare runs/adam-* -- runs/sgd-*
      """)

  @Argument(
    help: ArgumentHelp(
      "Safetensors files, or run directories: group A, then -- and group B.", valueName: "model"),
    completion: .file())
  var models: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of random divisions, if there are more than \(PermutationTest.divisionLimit) to try.",
      valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: SavedModelKernels
  @OptionGroup(title: GroupTitle.data) var dataOptions: EvaluationDataOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let groups = try ComparedPaths(models, arguments: CommandLine.arguments)
    let job = try EvaluationJob(threads: threads, kernels: kernels, isQuiet: json)
    let models = try groups.all.map { (path: $0, model: try SavedModel(path: $0)) }
    if !dataOptions.isGiven { try SharedTestSet.require(of: models) }
    try job.selectKernels(for: models.map(\.model))
    let dataset = try job.loadData(of: models.map(\.model), dataOptions)
    let compared = try models.map { path, model in
      ComparedModel(path: path, isCorrect: try job.evaluate([model], on: dataset).isCorrect)
    }
    let size = groups.first.count
    guard let a = ComparedGroup(Array(compared[..<size])),
      let b = ComparedGroup(Array(compared[size...]))
    else { throw ComparedPaths.missingGroup }
    warnOfCopies(Array(models[..<size]))
    warnOfCopies(Array(models[size...]))
    let comparison = ModelComparison(a, b, dataset: dataset.name, seed: seed)
    try Console.result(json ? try encoded(comparison) : ComparisonText(comparison).lines)
  }

  /// Warns of models of a group that are the same: a run that is repeated has the same bits, and
  /// shows nothing new.
  private func warnOfCopies(_ models: [(path: String, model: SavedModel)]) {
    var seen: [String: String] = [:]
    for (path, model) in models {
      guard let digest = model.file.contentDigest else { continue }
      if let other = seen[digest] {
        Console.warning("\(path) is the same model as \(other), so it is no further evidence")
      } else {
        seen[digest] = path
      }
    }
  }
}
