import ArgumentParser
import Files
import Model
import Training

/// The command `trainer lr-find`.
struct LRFindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lr-find",
    abstract: "Find a learning rate: train with one that grows from step to step.",
    discussion: """
      The loss falls at good rates, and rises at rates that are too high. The suggestion is a \
      tenth of the rate with the smallest loss. The trained weights are not saved. It takes no \
      --learning-rate and no average of the weights.

      Options of --config and of TRAINER_ variables count as in training, except --steps, --output \
      and what has no meaning for lr-find.

        trainer lr-find --model cnn --optimizer sgd
        trainer lr-find --config run.yaml --to 1 --output rates.html
      """)

  @OptionGroup(title: "Rates") var rates: RateOptions
  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: KernelOptions
  @OptionGroup(title: GroupTitle.execution) var pinning: PinOption
  @OptionGroup(title: GroupTitle.data) var data: DataOptions
  @OptionGroup(title: GroupTitle.batches) var batches: BatchOptions
  @OptionGroup(title: GroupTitle.batches) var samples: SampleOptions
  @OptionGroup(title: GroupTitle.network) var model: ModelOptions
  @OptionGroup(title: GroupTitle.network) var network: NetworkOptions
  @OptionGroup(title: GroupTitle.optimizer) var optimizer: OptimizerOptions

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Start from the weights in a safetensors file, or from the model in a run directory.",
      valueName: "path"),
    completion: .file(extensions: ["safetensors"]))
  var initialWeights: String?

  @Option(
    help: ArgumentHelp("Write a page with the curve.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Read options from a YAML file; those on the command line win.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    MPIProcess.announce()
    let layers = try OptionLayers(
      config: config, arguments: OptionLayers.commandLine(of: "lr-find"),
      isKnown: Self.sharedNames.contains)
    let options = try layers.parsed(over: self)
    do {
      try RangeTestJob(options: options).run()
    } catch let error as any MessageError {
      throw layers.located(error)
    }
  }

  /// The options that have a meaning here, and the same one as in training.
  private static let sharedNames = Set(
    CommandPath.optionNames(of: LRFindCommand.self).map { String($0.dropFirst(2)) }
  ).subtracting([
    "steps", "output", "learning-rate", "lr", "ema", "average-from", "average-statistics",
  ])
}

extension LRFindCommand: TrainingOptions {
  var isQuiet: Bool { json }
  var hasCheckpoint: Bool { false }
  var evaluates: Bool { false }
  var writesCheckpoints: Bool { false }
  var profileDetail: StageProfile.Detail? { nil }
  var outputs: [OutputPath] {
    [output.map { OutputPath(option: "--output", path: $0) }].compactMap(\.self)
  }

  /// The files that are read, besides the data set.
  var inputs: [OutputPath] {
    [("--init", initialWeights), ("--config", config)].compactMap { option, path in
      path.map { OutputPath(option: option, path: $0) }
    }
  }

  var jobSettings: [Setting] {
    [
      Setting("from", .number(rates.from)), Setting("to", .number(rates.to)),
      Setting("steps", .integer(rates.steps)),
    ]
  }
}
