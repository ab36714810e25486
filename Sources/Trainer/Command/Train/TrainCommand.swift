import ArgumentParser
import Model

/// `trainer train`, and `trainer` alone.
///
/// The groups are declared here and not in a group of their own: in debug builds the parser checks
/// nested groups again and again.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a data set (the default).",
    usage: "trainer [train] [--threads <n>] [<options>]",
    discussion: """
      The defaults train a network of two hidden layers for 10 epochs on all CPUs, and keep nothing.

        trainer --output runs/a                  keep the model, metrics and a report
        trainer --output runs/a --resume         continue after a signal or a crash
        trainer --hidden 800 --epochs 30 --lr-schedule cosine --save my.safetensors
        trainer --data DIR --validation 5000 --early-stopping 3 --output runs/b

      \(HelpText.exitCodes)

      \(HelpText.datasets)
      """)

  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: KernelOptions
  @OptionGroup(title: GroupTitle.execution) var pinning: PinOption
  @OptionGroup(title: GroupTitle.data) var data: DataOptions
  @OptionGroup(title: GroupTitle.batches) var batches: BatchOptions
  @OptionGroup(title: GroupTitle.batches) var samples: SampleOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
  @OptionGroup(title: GroupTitle.network) var model: ModelOptions
  @OptionGroup(title: GroupTitle.network) var network: NetworkOptions
  @OptionGroup(title: GroupTitle.optimizer) var optimizer: OptimizerOptions
  @OptionGroup(title: "Learning rate") var learningRate: LearningRateOptions
  @OptionGroup(title: "Run directory") var output: OutputOptions
  @OptionGroup(title: "Files") var files: FileOptions

  @Option(
    help: ArgumentHelp(
      "Read options from a YAML file; those on the command line win.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Print only warnings, errors and the weights digest.")
  var quiet = false

  @Flag(help: "Do not draw the progress bar.")
  var noProgress = false

  func run() throws {
    MPIProcess.announce()
    try LayeredOptions.resolve(self) { try TrainingJob(layers: $0).run() }
  }
}
