import ArgumentParser
import Trainer

/// `trainer train`, and `trainer` alone.
///
/// The groups stand here and not in a group of their own: in debug builds the parser checks nested groups
/// again and again.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a data set (the default).",
    usage: "trainer [train] [--threads <n>] [<options>]")

  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Execution") var pinning: PinOption
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Batches") var batches: BatchOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Learning rate") var learningRate: LearningRateOptions
  @OptionGroup(title: "Run directory") var output: OutputOptions
  @OptionGroup(title: "Files") var files: FileOptions

  @Option(
    help: ArgumentHelp(
      "Take options from a YAML file; those on the command line win.", valueName: "file"))
  var config: String?

  @Flag(help: "Print only warnings, errors and the digest.")
  var quiet = false

  @Flag(help: "Never draw the progress line.")
  var noProgress = false

  func run() throws {
    try TrainingJob(layers: LayeredOptions.resolve(self)).run()
  }
}
