import Files
import Foundation
import ImageData
import Machine
import Model
import Parallel
import Runs
import TensorBoard
import Training

/// What `trainer train` does, from the options to the exit code.
struct TrainingJob {
  private let layers: LayeredOptions
  private let started = ContinuousClock.now

  init(layers: LayeredOptions) {
    self.layers = layers
  }

  private var options: TrainCommand { layers.options }

  func run() throws {
    try Ranks.requireMPI()
    // Everything cheap is found before data is read.
    let usable = UsableCPUs.current()
    var configuration = try options.configuration(cores: usable.count)
    if let rank = Ranks.number { Console.speak(asRank: rank) }
    // Rank 0 alone writes, and reads what the others get from it.
    if (Ranks.number ?? 0) == 0 {
      try options.files.check(output: options.output.output, config: options.config)
      try options.output.check()
    }
    // A signal from here on ends in a checkpoint, not in the middle of loading.
    if options.output.output != nil {
      StopSignals.catchAll(endsHangs: (Ranks.number ?? 0) == 0)
      Console.outliveTerminal()
    }
    try options.execution.blas.select(isQuiet: options.quiet)
    let communicator = Ranks.join()
    let isLeader = communicator.rank == 0
    // A run that goes on has its weights in a checkpoint; those it started from may be gone.
    let initialWeights =
      try !isLeader || options.output.hasCheckpoint
      ? nil : options.files.`init`.map { try SavedModel.read(path: $0) }
    let dataset = try loadDataset()
    let machine = Machine.current(usable: usable, blasCore: options.execution.blas.name)
    let cpus = try Ranks.divide(
      usable, among: communicator, machine: machine, pin: options.pinning.pin)
    if communicator.size > 1 {
      configuration.threads = try options.execution.threadCount(default: cpus.count)
    }
    if let note = options.batches.fit(&configuration, sampleCount: dataset.training.count),
      !options.quiet
    {
      Console.note(note)
    }
    try configuration.validate(sampleCount: dataset.training.count)
    let identity = try agree(configuration, dataset, machine, communicator)
    try MemoryCheck.require(
      configuration, inputCount: dataset.training.pixelCount, classCount: dataset.classCount,
      machine: machine, rankCount: communicator.size)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset,
      coreCount: Ranks.ownCores(cpus, of: usable, among: communicator), pin: options.pinning.pin,
      profile: isLeader && options.files.profile != nil ? .events : nil,
      communicator: communicator)
    if let initialWeights { try run.load(initialWeights) }
    try run.followLeader()
    // All input is good: from here on outputs are made.
    let directory = try identity.flatMap { identity in
      try options.output.output.map { path in
        try makeDirectory(path, run: run, identity: identity, machine: machine)
      }
    }
    let before = run.position
    let metrics = isLeader ? try options.files.metrics.map { try MetricsFile(path: $0) } : nil
    try metrics?.writeStart(run, machine: machine, initialWeights: options.files.initialPath)
    if isLeader, let path = options.files.saveInit, run.position.step == 0 {
      try run.writeModel(path: path)
    }
    RunDescription.warnOfIdleThreads(
      configuration, rankCount: communicator.size, sampleCount: dataset.training.count)
    for text in run.optionsWithoutEffect { Console.warning(text) }
    options.pinning.warnOfSharedCPUs(threads: configuration.threads, usable: usable)
    if !options.quiet {
      // Bound threads have been warned of.
      if options.pinning.pin == .none {
        RunDescription.noteSharedCPUs(
          threads: configuration.threads,
          cpuCount: communicator.size > 1 ? cpus.count : usable.count)
      }
      try Console.result(RunDescription.text(run, machine: machine))
      if communicator.size > 1 {
        try Console.result(
          RunDescription.text(cpus, configuration, rankCount: communicator.size))
      }
    }
    do {
      let (last, ending) = try train(run, directory: directory, metrics: metrics)
      // A run that was stopped has ended the job.
      guard let last else { preconditionFailure("a run ends with an epoch's figures") }
      if !options.quiet, before.step == run.position.step {
        try Console.result(RunDescription.complete(run, last: last))
      }
      try finish(
        run, last: last, ending: ending, secondsBefore: before.seconds, directory: directory,
        metrics: metrics)
    } catch {
      directory?.settle()
      throw error
    }
  }

  private func loadDataset() throws -> Dataset {
    let location = try options.data.locate()
    try options.files.requireApart(from: location)
    if !options.quiet { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    for warning in dataset.warnings { Console.warning(warning) }
    return dataset
  }

  /// Makes sure that all ranks are about to do the same.
  ///
  /// - Returns: What the run is a function of, where a run directory or another rank needs it.
  private func agree(
    _ configuration: TrainingConfiguration, _ dataset: Dataset, _ machine: Machine,
    _ communicator: any Communicator
  ) throws -> RunIdentity? {
    guard communicator.size > 1 || options.output.output != nil else { return nil }
    let identity = RunIdentity(
      configuration: configuration, initialWeights: options.files.initialPath,
      dataset: dataset.fileDigests(), machine: machine)
    try RankAgreement.require(
      RankAgreement.items(
        identity, settings: configuration.settings + options.jobSettings),
      among: communicator)
    return identity
  }

  private func makeDirectory(
    _ path: String, run: TrainingRun, identity: RunIdentity, machine: Machine
  ) throws -> any JobDirectory {
    if run.isLeader {
      return try OpenRunDirectory(
        path: path, layers: layers, run: run, identity: identity, machine: machine)
    }
    return try FollowedRunDirectory(options: options.output, run: run, identity: identity)
  }

  private func train(
    _ run: TrainingRun, directory: (any JobDirectory)?, metrics: MetricsFile?
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    // A signal may have come before the first step.
    try directory?.stopIfRequested(run)
    // Every rank leaves gradients where rank 0's histograms need them.
    run.gradientInterval = options.files.histogramEvery
    guard run.isLeader else { return try follow(run, directory: directory) }
    var observers: [any TrainingObserver] = [
      ConsoleObserver(
        epochs: run.configuration.epochs, stepLimit: run.stepLimit, isQuiet: options.quiet,
        drawsProgress: !options.quiet && !options.noProgress && Console.canRedraw,
        usesColor: Console.canColor),
      DivergenceWarning(warn: { Console.warning($0) }),
    ]
    if let metrics { observers.append(MetricsObserver(file: metrics)) }
    let recorder = try options.files.tensorboard.map {
      try TensorBoardRecorder(
        directory: $0, firstStep: run.firstFiguresStep, interval: options.files.histogramEvery)
    }
    if let recorder { observers.append(TensorBoardObserver(recorder: recorder)) }
    // Checkpoints last: a run goes on behind what the others have written.
    observers += directory?.observers ?? []
    let result = try run.train(observers: observers)
    try recorder?.finish()
    if result.ending == .stopped { try directory?.stop(run) }
    return result
  }

  /// Trains as another rank than 0, which tells how it goes.
  private func follow(
    _ run: TrainingRun, directory: (any JobDirectory)?
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    let result = try run.train(observers: directory?.observers ?? [])
    if result.ending == .stopped { try directory?.stop(run) }
    return result
  }

  private func finish(
    _ run: TrainingRun, last: EpochRecord, ending: RunEnding, secondsBefore: Double,
    directory: (any JobDirectory)?, metrics: MetricsFile?
  ) throws {
    if !options.quiet, let text = RunDescription.ending(ending, run) { try Console.result(text) }
    if run.isLeader, let path = options.files.save { try run.writeModel(path: path) }
    if let path = options.files.profile, let profile = run.profile {
      try ChromeTrace.write(profile, path: path)
    }
    let digest = run.digest
    let record =
      directory?.end
      ?? RecordedEnd(
        run: run, last: last, ending: ending,
        seconds: secondsBefore + (ContinuousClock.now - started) / .seconds(1), digest: digest)
    try metrics?.writeEnd(record)
    // The digest is told even where the directory's files could not all be written.
    let outcome = Result { try directory?.finish(run, record: record) }
    if case .success = outcome, !options.quiet { try summarize(run, record, last: last) }
    try Console.result("weights_digest \(digest)")
    try outcome.get()
  }

  /// Says how good the run became, and where its results are.
  private func summarize(_ run: TrainingRun, _ record: RecordedEnd, last: EpochRecord) throws {
    let summary = RunSummary(
      best: run.position.best ?? last, last: last, lastIsCut: run.position.stepInEpoch > 0,
      seconds: record.seconds,
      files: RunSummary.files(
        output: options.output.output, save: options.files.save,
        validates: last.validation != nil))
    for line in summary.lines { try Console.result(line) }
  }
}
