import ArgumentParser
import Foundation
import MNISTData
import Model
import Parallel
import Trainer

/// `trainer train`, and `trainer` alone.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a data set (the default).")

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var dataOptions: DataOptions

  @Option(help: ArgumentHelp("Passes over the training set.", valueName: "n"))
  var epochs = 10

  @Option(help: ArgumentHelp("End after this many steps, if before the last epoch.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Samples of one optimizer step.", valueName: "n"))
  var batchSize = 512

  @Option(help: ArgumentHelp("Samples that one thread works on at a time.", valueName: "n"))
  var shardSize = 64

  @Option(help: ArgumentHelp("Units of the hidden layers, separated by commas.", valueName: "list"))
  var hidden = HiddenLayers(widths: [512, 256])

  @Option(help: ArgumentHelp("The probability to drop a hidden unit.", valueName: "p"))
  var dropout = 0.2

  @Option(help: ArgumentHelp("inverted or vanilla.", valueName: "mode"))
  var dropoutMode = Dropout.Mode.inverted

  @Flag(help: "Leave out batch normalisation.")
  var noBatchNorm = false

  @Flag(help: "Take samples in the order of the file.")
  var noShuffle = false

  @OptionGroup var optimizerOptions: OptimizerOptions

  @Option(help: ArgumentHelp("What all random numbers come from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Start from the weights in a safetensors file.", valueName: "file"))
  var `init`: String?

  @Option(help: ArgumentHelp("Save the weights before training.", valueName: "file"))
  var saveInit: String?

  @Option(help: ArgumentHelp("Save the weights at the end.", valueName: "file"))
  var save: String?

  @Option(help: ArgumentHelp("Write figures as JSON lines.", valueName: "file"))
  var metrics: String?

  @Flag(help: "Print only warnings, errors and the digest.")
  var quiet = false

  @Flag(help: "Never draw the progress line.")
  var noProgress = false

  func run() throws {
    try execution.selectBLASCore()
    let started = ContinuousClock.now
    let usable = UsableCPUs.current()
    let configuration = try trainingConfiguration(cores: usable.count)
    // Cheap mistakes are found before the data is read.
    try configuration.validate(sampleCount: nil)
    for path in [saveInit, save].compactMap({ $0 }) {
      try SafetensorsFile.checkWritable(path: path)
    }
    let initialWeights = try `init`.map { try SafetensorsFile.read(path: $0) }
    let location = try dataOptions.locate()
    if !quiet { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: usable.count)
    if let initialWeights { try ModelFile.read(into: run.state, from: initialWeights) }
    warnOfIdleThreads(configuration)
    let metricsFile = try metrics.map { try MetricsFile(path: $0) }
    let machine = Machine.current(usable: usable)
    try metricsFile?.writeStart(run, machine: machine, initialWeights: `init`)
    if let saveInit {
      try ModelFile.write(run.state, architecture: run.architecture, path: saveInit)
    }
    if !quiet { try describe(run, machine: machine) }
    let observer = ConsoleObserver(
      epochs: configuration.epochs, isQuiet: quiet,
      drawsProgress: !quiet && !noProgress && Console.canRedraw, metrics: metricsFile)
    let last = try run.train(observer: observer)
    if let save { try ModelFile.write(run.state, architecture: run.architecture, path: save) }
    let digest = WeightsDigest.of(run.state)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    try metricsFile?.writeEnd(
      step: run.step, seconds: seconds, testAccuracy: last.test.accuracy, digest: digest)
    try Console.result("weights_digest \(digest)")
  }

  private func trainingConfiguration(cores: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: try execution.threadCount(default: cores))
    configuration.epochs = epochs
    configuration.stepLimit = steps
    configuration.batchSize = batchSize
    configuration.shardSize = shardSize
    configuration.hidden = hidden.widths
    configuration.dropout = dropout
    configuration.dropoutMode = dropoutMode
    configuration.batchNorm = !noBatchNorm
    configuration.shuffle = !noShuffle
    configuration.optimizer = try optimizerOptions.makeOptimizer()
    configuration.seed = seed
    return configuration
  }

  private func warnOfIdleThreads(_ configuration: TrainingConfiguration) {
    let shards = ShardPlan(
      rowCount: configuration.batchSize, shardSize: configuration.shardSize
    ).shardCount
    if configuration.threads > shards {
      Console.warning(
        "a batch of \(configuration.batchSize) has \(shards) shards of \(configuration.shardSize) "
          + "rows: \(configuration.threads - shards) of \(configuration.threads) threads idle in "
          + "most of a step; a smaller --shard-size or a larger --batch-size gives them work, and "
          + "changes the result's last bits")
    }
  }

  private func describe(_ run: TrainingRun, machine: Machine) throws {
    let configuration = run.configuration
    let training = run.dataset.training
    let settings = configuration.optimizer.usedSettings
      .map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    try Console.result(
      """
      \(run.dataset.name): \(training.count) training and \(run.dataset.test.count) test images of \
      \(training.rows)x\(training.columns), \(run.dataset.classCount) classes
      network: \(([training.pixelCount] + configuration.hidden + [run.dataset.classCount])
        .map(String.init).joined(separator: "-")), \
      \(run.state.network.parameters.valueCount) parameters, \
      \(configuration.batchNorm ? "batch norm" : "no batch norm"), \
      dropout \(configuration.dropout) \(configuration.dropoutMode.rawValue)
      optimizer: \(configuration.optimizer.kind.rawValue), \(settings)
      batch \(configuration.batchSize) in shards of \(configuration.shardSize), \
      \(configuration.threads) threads, seed \(configuration.seed), \
      OpenBLAS \(machine.openBLAS.version) \(machine.openBLAS.core)
      """)
  }
}

/// The widths of hidden layers, as `512,256` on the command line; `none` for no hidden layer.
struct HiddenLayers: ExpressibleByArgument, Equatable {
  var widths: [Int]

  init(widths: [Int]) {
    self.widths = widths
  }

  init?(argument: String) {
    if argument == "none" {
      widths = []
      return
    }
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }

  var defaultValueDescription: String {
    widths.isEmpty ? "none" : widths.map(String.init).joined(separator: ",")
  }
}

extension Dropout.Mode: ExpressibleByArgument {}
