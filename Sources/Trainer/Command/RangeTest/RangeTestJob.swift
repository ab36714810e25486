import Files
import ImageData
import Model
import Parallel
import Runs
import Training

/// What `trainer lr-find` does, from the options to the output.
struct RangeTestJob {
  let options: LRFindCommand

  func run() throws {
    try MPIProcess.requireMPI()
    let usable = UsableCPUs.current()
    let test = RangeTest(try options.rates.sweep())
    var configuration = try configuration(cores: usable.count)
    if let rank = MPIProcess.number { Console.setRank(rank) }
    try checkOutput()
    try options.execution.selectKernels(of: configuration.engine, isQuiet: options.json)
    let communicator = MPIProcess.join()
    let weights = try options.initialWeights.map { try SavedModel.read(path: $0) }
    let dataset = try loadDataset()
    let machine = options.execution.engine.machine(configuration.engine, usable: usable)
    let cpus = try MPIProcess.divide(
      usable, among: communicator, machine: machine, pin: options.pinning.pin)
    if communicator.size > 1 {
      configuration.threads = try options.execution.threadCount(default: cpus.count)
    }
    if let note = configuration.fitBatch(sampleCount: dataset.training.count), !options.json {
      Console.note(note.asTyped)
    }
    try configuration.validate(sampleCount: dataset.training.count)
    try MemoryCheck(
      training: configuration, try configuration.architecture(for: dataset),
      rankCount: communicator.size
    ).require(of: machine)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset,
      coreCount: MPIProcess.ownCores(cpus, of: usable, among: communicator),
      pin: options.pinning.pin, communicator: communicator)
    if let weights { try run.load(weights) }
    try run.followLeader()
    let result = try test(run, observers: [RangeTestProgress(steps: test.sweep.steps)])
    if communicator.rank == 0 { try show(result, of: run) }
  }

  private func configuration(cores: Int) throws -> TrainingConfiguration {
    guard options.optimizer.learningRate == nil else {
      throw TrainerError(
        .usage, "--learning-rate has no meaning for lr-find, whose rates are --from and --to")
    }
    var configuration = TrainingConfiguration(
      threads: try options.execution.threadCount(default: cores))
    if let engine = options.execution.engine.engine { configuration.engine = engine }
    try options.batches.apply(to: &configuration)
    try options.network.apply(to: &configuration)
    try options.optimizer.apply(to: &configuration)
    configuration = RangeTest.configuration(configuration)
    try configuration.validate(sampleCount: nil)
    return configuration
  }

  /// Finds out before any work whether the page can be written.
  private func checkOutput() throws {
    guard let path = options.output else { return }
    guard !path.isEmpty else {
      throw TrainerError(.usage, "--output is empty; it must be a file's name")
    }
    if let owner = RunDirectory.owner(of: path) {
      throw TrainerError(.usage, "--output is \(path), a file of the run in \(owner)")
    }
    try AtomicFile.checkReplaceable(path: path)
  }

  private func loadDataset() throws -> Dataset {
    let location = try options.data.locate()
    if !options.json { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    for warning in dataset.warnings { Console.warning(warning.asTyped) }
    return dataset
  }

  private func show(_ result: RangeTestResult, of run: TrainingRun) throws {
    if let path = options.output {
      try RangeTestPage(result, summary: summary(of: run)).write(path: path)
    }
    try Console.result(
      options.json
        ? try encoded(RangeTestRecord(result))
        : ([summary(of: run)]
          + RangeTestText(result, usesBlocks: Console.showsBlocks).lines).joined(separator: "\n"))
    if let path = options.output, !options.json { Console.note("page: \(path)") }
  }

  private func summary(of run: TrainingRun) -> String {
    let configuration = run.configuration
    return "\(run.dataset.name), model \(configuration.model), "
      + "\(configuration.optimizer.kind.rawValue), batch \(configuration.batchSize), seed "
      + "\(configuration.seed)"
  }
}
