import ArgumentParser
import Training

/// The command `trainer lr-find`.
struct LRFindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lr-find",
    abstract: "Find a learning rate: train with one that grows from step to step.",
    discussion: """
      The loss falls at good rates, and rises at rates that are too high. The suggestion is a \
      tenth of the rate with the smallest loss. Nothing is kept of the training.

        trainer lr-find --model cnn --optimizer sgd
        trainer lr-find --from 1e-5 --to 1 --steps 300 --output rates.html
      """)

  @OptionGroup(title: "Rates") var rates: RateOptions
  @OptionGroup(title: GroupTitle.execution) var execution: ExecutionOptions
  @OptionGroup(title: GroupTitle.execution) var pinning: PinOption
  @OptionGroup(title: GroupTitle.data) var data: DataOptions
  @OptionGroup(title: GroupTitle.batches) var batches: BatchOptions
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

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try RangeTestJob(options: self).run()
  }
}

/// The learning rates of a range test.
struct RateOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var from = 1e-6

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate of the last step.", valueName: "x"))
  var to = 10.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps, \(LearningRateSweep.stepCounts.lowerBound) to \(LearningRateSweep.stepCounts.upperBound); "
        + "as many epochs as they need.", valueName: "n"))
  var steps = 200

  /// The rates.
  ///
  /// - Returns: The rates.
  /// - Throws: `TrainerError` that names the option.
  func sweep() throws -> LearningRateSweep {
    try LearningRateSweep(from: from, to: to, steps: steps)
  }
}
