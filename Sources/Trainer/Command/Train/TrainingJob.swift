import Files
import ImageData
import Model
import Parallel
import Runs
import Training

/// The work of `trainer train`, from the options to the exit code.
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
    let configuration = try options.configuration(cores: usable.count)
    // Rank 0 alone writes, and reads what the others get from it.
    if MPIProcess.isLeader {
      try options.files.check(output: options.output.output, config: options.config)
      try options.output.check()
      if let output = options.output.output, options.output.mode == .overwrite {
        try options.files.requireInitialWeightsApart(from: output)
      }
    }
    // A signal from here on ends in a checkpoint, not in the middle of loading.
    if options.output.output != nil {
      StopSignals.catchAll(endsHangs: MPIProcess.isLeader)
      Console.dropResultsAfterHangup()
    }
    let prepared = try PreparedRun(options, configuration, usable: usable)
    let run = prepared.run
    // All input is valid: from here on outputs are written.
    let directory = try prepared.identity.flatMap { identity in
      try options.output.output.map { path in
        try makeDirectory(path, prepared, identity: identity)
      }
    }
    let end = FinalRecord(
      jobStart: started, secondsBefore: run.position.seconds, complete: directory?.complete)
    do {
      let observers = try makeObservers(prepared, directory: directory, end: end)
      prepared.warnOfOptions()
      if options.output.output != nil, options.output.mode == .overwrite {
        // All ranks end, or none: rank 0 would replace the run and then wait for the others.
        let signal = Int32(run.communicator.largest(Int64(StopSignals.caught ?? 0)))
        if signal != 0 { throw InterruptedWork(result: "nothing was replaced", signal: signal) }
      }
      try train(run, observers: observers, directory: directory, end: end)
    } catch {
      // A new run that failed at its start must not occupy its directory.
      if run.position.step == 0, !(error is StoppedBySignal) { directory?.abandon() }
      throw error
    }
  }

  /// All observers of the run, in the order in which they are notified.
  ///
  /// Files that cannot be opened are an error before the first step, and before one that exists
  /// already loses its content.
  private func makeObservers(
    _ prepared: PreparedRun, directory: (any JobDirectory)?, end: FinalRecord
  ) throws -> [any TrainingObserver] {
    let run = prepared.run
    // The other ranks only do their part for the run directory; rank 0 also prints and writes
    // files.
    guard run.isLeader else { return try directory?.observers(end) ?? [] }
    let shown: [any TrainingObserver] = [
      ConsoleObserver(
        run, machine: prepared.machine, cpus: prepared.cpus, isQuiet: options.quiet,
        drawsProgress: !options.noProgress),
      DivergenceWarning(warn: { Console.warning($0) }),
    ]
    let written = try options.files.observers(
      machine: prepared.machine, end: end, stopReason: directory?.stopReason)
    guard let directory else {
      let memory = try FinalModelMemory(of: run, writesModel: options.files.save != nil)
      return [memory] + shown + written
    }
    return [
      DirectoryLast(
        outputs: shown + written, directory: try directory.observers(end),
        warn: { Console.warning($0) })
    ]
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
    let line = ObjectiveLine(objective, after: epoch, state: state, digest: digest)
    try Console.result(String(decoding: try line.json, as: UTF8.self))
  }

  /// Prints how good the run became, and where its results are.
  private func summarize(_ run: TrainingRun, _ record: RecordedEnd, last: EpochRecord) throws {
    let summary = RunSummary(
      best: run.position.best ?? last, last: last, lastIsCut: run.position.stepInEpoch > 0,
      seconds: record.seconds,
      files: RunSummary.files(
        output: options.output.output, save: options.files.save,
        hasBestModel: run.position.best?.validation != nil))
    try Console.result(summary.lines)
  }

  private func makeDirectory(
    _ path: String, _ prepared: PreparedRun, identity: RunIdentity
  ) throws -> any JobDirectory {
    let run = prepared.run
    if run.isLeader {
      return try OpenRunDirectory(
        path: path, layers: layers, run: run, identity: identity, machine: prepared.machine)
    }
    return try OtherRankDirectory(options: options.output, run: run, identity: identity)
  }
}
