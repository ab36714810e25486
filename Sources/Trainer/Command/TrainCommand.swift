import ArgumentParser
import MNISTData
import Model
import Parallel
import Trainer

/// `trainer train`, and `trainer` alone.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a data set (the default).",
    usage: "trainer [train] [--threads <n>] [<options>]")

  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimizer") var optimizerOptions: OptimizerOptions
  @OptionGroup(title: "Learning rate") var rateOptions: LearningRateOptions
  @OptionGroup(title: "Files") var files: FileOptions

  @Flag(help: "Print only warnings, errors and the digest.")
  var quiet = false

  @Flag(help: "Never draw the progress line.")
  var noProgress = false

  func run() throws {
    let started = ContinuousClock.now
    // Everything cheap is found before the process may start again and before data is read.
    let usable = UsableCPUs.current()
    let configuration = try trainingConfiguration(cores: usable.count)
    try files.check()
    try execution.blas.select(isQuiet: quiet)
    let initialWeights = try files.`init`.map { try SafetensorsFile.read(path: $0) }
    let location = try dataOptions.locate()
    if !quiet { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    let machine = Machine.current(usable: usable, blasCore: execution.blas.name)
    try configuration.validate(sampleCount: dataset.training.count)
    try MemoryCheck.require(
      configuration, inputCount: dataset.training.pixelCount, classCount: dataset.classCount,
      machine: machine)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: usable.count,
      profiles: files.profile != nil)
    if let initialWeights { try ModelFile.read(into: run.state, from: initialWeights) }
    // All input is good: from here on outputs are made.
    let metricsFile = try files.metrics.map { try MetricsFile(path: $0) }
    try metricsFile?.writeStart(run, machine: machine, initialWeights: files.`init`)
    if let path = files.saveInit {
      try ModelFile.write(run.state, architecture: run.architecture, path: path)
    }
    warnOfIdleThreads(configuration)
    if !quiet { try describe(run, machine: machine) }
    let observer = ConsoleObserver(
      epochs: configuration.epochs, isQuiet: quiet,
      drawsProgress: !quiet && !noProgress && Console.canRedraw, metrics: metricsFile)
    let last = try run.train(observer: observer)
    if let path = files.save {
      try ModelFile.write(run.state, architecture: run.architecture, path: path)
    }
    if let path = files.profile, let profile = run.profile {
      try ChromeTrace.write(profile, path: path)
    }
    let digest = WeightsDigest.of(run.state)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    try metricsFile?.writeEnd(
      step: run.step, seconds: seconds, testAccuracy: last.test.accuracy, digest: digest)
    try Console.result("weights_digest \(digest)")
  }

  private func trainingConfiguration(cores: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: try execution.threadCount(default: cores))
    try schedule.apply(to: &configuration)
    network.apply(to: &configuration)
    try optimizerOptions.apply(to: &configuration)
    try rateOptions.apply(to: &configuration)
    // The samples are not known yet.
    try configuration.validate(sampleCount: nil)
    return configuration
  }

  private func warnOfIdleThreads(_ configuration: TrainingConfiguration) {
    let shards = ShardPlan(
      rowCount: configuration.batchSize, shardSize: configuration.shardSize
    ).shardCount
    if configuration.threads > shards {
      Console.warning(
        "a batch of \(configuration.batchSize) has \(shards) shard\(shards == 1 ? "" : "s") of "
          + "\(configuration.shardSize) rows: \(configuration.threads - shards) of "
          + "\(configuration.threads) threads idle in most of a step; a smaller --shard-size or a "
          + "larger --batch-size gives them work, and changes the result's last bits")
    }
  }

  private func describe(_ run: TrainingRun, machine: Machine) throws {
    let configuration = run.configuration
    let training = run.dataset.training
    let widths = [training.pixelCount] + configuration.hidden + [run.dataset.classCount]
    let settings = configuration.optimizer.usedSettings
      .map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    try Console.result(
      """
      \(run.dataset.name): \(training.count) training and \(run.dataset.test.count) test images of \
      \(training.rows)x\(training.columns), \(run.dataset.classCount) classes
      network: \(widths.map(String.init).joined(separator: "-")), \
      \(run.state.network.parameters.valueCount) parameters\(hiddenLayers(configuration))
      optimizer: \(configuration.optimizer.kind.rawValue), \(settings)
      batch \(configuration.batchSize) in shards of \(configuration.shardSize), \
      \(configuration.threads) threads, seed \(configuration.seed), \
      OpenBLAS \(machine.openBLAS.version) \(machine.openBLAS.core)
      """)
  }

  /// What there is at hidden layers, if there are any.
  private func hiddenLayers(_ configuration: TrainingConfiguration) -> String {
    if configuration.hidden.isEmpty { return "" }
    let dropout =
      configuration.dropout == 0
      ? "no dropout" : "dropout \(configuration.dropout) \(configuration.dropoutMode.rawValue)"
    return ", \(configuration.batchNorm ? "batch norm" : "no batch norm"), \(dropout)"
  }
}
