import Files
import Foundation
import ImageData
import Machine
import Model
import Parallel
import Runs
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
    try MPIProcess.requireMPI()
    // Everything cheap is found before data is read.
    let usable = UsableCPUs.current()
    var configuration = try options.configuration(cores: usable.count)
    if let rank = MPIProcess.number { Console.setRank(rank) }
    // Rank 0 alone writes, and reads what the others get from it.
    if (MPIProcess.number ?? 0) == 0 {
      try options.files.check(output: options.output.output, config: options.config)
      try options.output.check()
    }
    // A signal from here on ends in a checkpoint, not in the middle of loading.
    if options.output.output != nil {
      StopSignals.catchAll(endsHangs: (MPIProcess.number ?? 0) == 0)
      Console.dropResultsAfterHangup()
    }
    try options.execution.selectKernels(of: configuration.engine, isQuiet: options.quiet)
    let communicator = MPIProcess.join()
    let isLeader = communicator.rank == 0
    // A resumed run has its weights in a checkpoint; those it started from may be gone.
    let initialWeights =
      try !isLeader || options.output.hasCheckpoint
      ? nil : options.files.`init`.map { try SavedModel.read(path: $0) }
    let dataset = try loadDataset()
    let machine = options.execution.engine.machine(configuration.engine, usable: usable)
    let cpus = try MPIProcess.divide(
      usable, among: communicator, machine: machine, pin: options.pinning.pin)
    if communicator.size > 1 {
      configuration.threads = try options.execution.threadCount(default: cpus.count)
    }
    if let note = configuration.fitBatch(sampleCount: dataset.training.count), !options.quiet {
      Console.note(note.asTyped)
    }
    try configuration.validate(sampleCount: dataset.training.count)
    let identity = try agree(configuration, dataset, machine, communicator)
    try MemoryCheck(
      training: configuration, try configuration.architecture(for: dataset),
      rankCount: communicator.size
    ).require(of: machine)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset,
      coreCount: MPIProcess.ownCores(cpus, of: usable, among: communicator),
      pin: options.pinning.pin,
      profile: isLeader && options.files.profile != nil ? .events : nil,
      communicator: communicator)
    if let initialWeights { try run.load(initialWeights) }
    try run.followLeader()
    // All input is valid: from here on outputs are written.
    let directory = try identity.flatMap { identity in
      try options.output.output.map { path in
        try makeDirectory(path, run: run, identity: identity, machine: machine)
      }
    }
    let end = FinalRecord(
      jobStart: started, secondsBefore: run.position.seconds, complete: directory?.complete)
    let observers = try makeObservers(
      run, directory: directory, machine: machine, cpus: cpus, end: end)
    warn(of: run, cpus: cpus, usable: usable)
    try train(run, observers: observers, directory: directory, end: end)
  }

  /// All observers of the run, in the order in which they are notified.
  ///
  /// Files that cannot be opened are an error before the first step.
  private func makeObservers(
    _ run: TrainingRun, directory: (any JobDirectory)?, machine: Machine, cpus: RankCPUs,
    end: FinalRecord
  ) throws -> [any TrainingObserver] {
    let inDirectory = try directory?.observers(end) ?? []
    // The other ranks only do their part for the run directory; rank 0 also prints and writes files.
    guard run.isLeader else { return inDirectory }
    let shown: [any TrainingObserver] = [
      ConsoleObserver(
        run, machine: machine, cpus: cpus, isQuiet: options.quiet,
        drawsProgress: !options.noProgress),
      DivergenceWarning(warn: { Console.warning($0) }),
    ]
    let written = try options.files.observers(machine: machine, end: end)
    // Checkpoints last: a resumed run continues after what the others have written.
    return shown + written + inDirectory
  }

  /// Warns of options that may not do what was meant.
  private func warn(of run: TrainingRun, cpus: RankCPUs, usable: UsableCPUs) {
    let configuration = run.configuration
    RunDescription.warnOfIdleThreads(
      configuration, unitRows: LeafPlan.leafRows * run.state.network.unitLeaves,
      rankCount: run.communicator.size, sampleCount: run.dataset.training.count)
    for text in run.optionsWithoutEffect + options.network.model.optionsWithoutEffect {
      Console.warning(text)
    }
    options.pinning.warnOfSharedCPUs(threads: configuration.threads, usable: usable)
    // Bound threads have a warning of their own.
    if !options.quiet, options.pinning.pin == .none {
      RunDescription.noteSharedCPUs(
        threads: configuration.threads,
        cpuCount: run.communicator.size > 1 ? cpus.count : usable.count)
    }
  }

  private func train(
    _ run: TrainingRun, observers: [any TrainingObserver], directory: (any JobDirectory)?,
    end: FinalRecord
  ) throws {
    // Every rank stores the gradients that rank 0's histograms need.
    run.gradientInterval = options.files.histogramEvery
    let group = ObserverGroup(observers: observers) { Console.warning("\($0)") }
    let outcome = Result { try run.train(observers: [group]) }
    if case .success((_, .stopped)) = outcome, let directory {
      if let last = run.position.history.last { try printObjective(after: last, .stopped) }
      throw directory.stop(of: run)
    }
    // The digest is printed even if not all of the run's files could be written.
    if let record = end.record {
      if case .success((let last?, _)) = outcome, !options.quiet {
        try summarize(run, record, last: last)
      }
      try Console.result("weights_digest \(record.weightsDigest)")
      if case .success((let last?, _)) = outcome {
        try printObjective(after: last, .complete, digest: record.weightsDigest)
      }
    }
    _ = try outcome.get()
  }

  /// Prints the line of `--objective`, the last one of the output.
  private func printObjective(
    after epoch: EpochRecord, _ state: ObjectiveLine.State, digest: String? = nil
  ) throws {
    guard let objective = options.files.objective else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = ObjectiveLine(objective, after: epoch, state: state, digest: digest)
    try Console.result(String(decoding: try encoder.encode(line), as: UTF8.self))
  }

  /// Prints how good the run became, and where its results are.
  private func summarize(_ run: TrainingRun, _ record: RecordedEnd, last: EpochRecord) throws {
    let summary = RunSummary(
      best: run.position.best ?? last, last: last, lastIsCut: run.position.stepInEpoch > 0,
      seconds: record.seconds,
      files: RunSummary.files(
        output: options.output.output, save: options.files.save,
        validates: last.validation != nil))
    for line in summary.lines { try Console.result(line) }
  }

  private func loadDataset() throws -> Dataset {
    let location = try options.data.locate()
    try options.files.requireApart(from: location)
    if !options.quiet { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    for warning in dataset.warnings { Console.warning(warning.asTyped) }
    return dataset
  }

  /// Checks that all ranks have the same settings.
  ///
  /// - Returns: The run's identity, if a run directory or another rank needs it.
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
}
