import ArgumentParser
import Foundation
import MNISTData
import Trainer

/// Everything that training can be told.
struct TrainOptions: ParsableArguments {
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Data") var data: DataOptions
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

  /// The settings, checked as far as they can be without the data.
  ///
  /// - Parameter cores: The threads where none are given.
  /// - Returns: The configuration.
  /// - Throws: `TrainerError` that names the option.
  func configuration(cores: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: try execution.threadCount(default: cores))
    try schedule.apply(to: &configuration)
    network.apply(to: &configuration)
    try optimizer.apply(to: &configuration)
    try learningRate.apply(to: &configuration)
    try configuration.validate(sampleCount: nil)
    return configuration
  }

  /// What a run that goes on has again beside its configuration.
  ///
  /// - Parameter run: The run.
  /// - Returns: Data, core, start and checkpoints.
  func recordedSettings(of run: TrainingRun) -> [Setting] {
    var result = [Setting("dataset", .text(run.dataset.name))]
    if let directory = data.data {
      result.append(Setting("data", .text(URL(fileURLWithPath: directory).standardized.path)))
    }
    if let core = execution.blas.name { result.append(Setting("blas-core", .text(core))) }
    if let path = files.initialPath { result.append(Setting("init", .text(path))) }
    return result + output.settings
  }

  /// Names and files that were given, where they have no default.
  var givenSettings: [Setting] {
    let texts = [
      ("dataset", data.dataset), ("data", data.data), ("output", output.output),
      ("init", files.`init`), ("save-init", files.saveInit), ("save", files.save),
      ("metrics", files.metrics), ("profile", files.profile),
      ("tensorboard", files.tensorboard),
      ("histogram-every", files.histogramEvery.map(String.init)),
    ]
    return [Setting("blas-core", .text(execution.blas.blasCore))]
      + texts.compactMap { name, value in value.map { Setting(name, .text($0)) } }
  }
}
