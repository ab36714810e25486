import MNISTData
import Model
import Parallel
import Trainer

/// What `trainer train` does, from the options to the exit code.
struct TrainingJob {
  let options: TrainCommand
  private let started = ContinuousClock.now

  init(options: TrainCommand) {
    self.options = options
  }

  func run() throws {
    // Everything cheap is found before the process may start again and before data is read.
    let usable = UsableCPUs.current()
    let configuration = try options.configuration(cores: usable.count)
    try options.files.check(output: options.output.output)
    try options.output.check()
    // A signal from here on ends in a checkpoint, not in the middle of loading.
    if options.output.output != nil { StopSignals.hold() }
    try options.execution.blas.select(isQuiet: options.quiet)
    if options.output.output != nil {
      StopSignals.catchAll()
      Console.outliveTerminal()
    }
    // A run that goes on has its weights in a checkpoint; those it started from may be gone.
    let initialWeights =
      try options.output.hasCheckpoint
      ? nil : options.files.`init`.map { try SafetensorsFile.read(path: $0) }
    let dataset = try loadDataset()
    let machine = Machine.current(usable: usable, blasCore: options.execution.blas.name)
    try configuration.validate(sampleCount: dataset.training.count)
    try MemoryCheck.require(
      configuration, inputCount: dataset.training.pixelCount, classCount: dataset.classCount,
      machine: machine)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: usable.count,
      pin: options.pinning.pin, profile: options.files.profile == nil ? nil : .events)
    if let initialWeights { try run.load(initialWeights) }
    // All input is good: from here on outputs are made.
    let directory = try options.output.output.map { path in
      try OpenRunDirectory(
        path: path, options: options, run: run, machine: machine)
    }
    let secondsBefore = run.position.seconds
    let metrics = try options.files.metrics.map { try MetricsFile(path: $0) }
    try metrics?.writeStart(run, machine: machine, initialWeights: options.files.`init`)
    if let path = options.files.saveInit, run.position.step == 0 { try run.writeModel(path: path) }
    RunDescription.warnOfIdleThreads(configuration)
    options.pinning.warnOfSharedCPUs(threads: configuration.threads, usable: usable)
    if !options.quiet { try Console.result(RunDescription.text(run, machine: machine)) }
    let (last, ending) = try train(run, directory: directory, metrics: metrics)
    // A run that was stopped has ended the job.
    guard let last else { preconditionFailure("a run ends with an epoch's figures") }
    try finish(
      run, last: last, ending: ending, secondsBefore: secondsBefore, directory: directory,
      metrics: metrics)
  }

  private func loadDataset() throws -> Dataset {
    let location = try options.data.locate()
    if !options.quiet { Console.note("Data set \(location.name) from \(location.directory)") }
    return try Dataset.load(from: location)
  }

  private func train(
    _ run: TrainingRun, directory: OpenRunDirectory?, metrics: MetricsFile?
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    // A signal may have come before the first step.
    try directory?.stopIfRequested(run)
    var observers: [any TrainingObserver] = [
      ConsoleObserver(
        epochs: run.configuration.epochs, stepLimit: run.stepLimit, isQuiet: options.quiet,
        drawsProgress: !options.quiet && !options.noProgress && Console.canRedraw,
        usesColor: Console.canColor)
    ]
    if let metrics { observers.append(MetricsObserver(file: metrics)) }
    if let path = options.files.tensorboard {
      let recorder = try TensorBoardRecorder(
        directory: path, stepsDone: run.position.step, interval: options.files.histogramEvery)
      run.gradientInterval = options.files.histogramEvery
      observers.append(TensorBoardObserver(recorder: recorder))
    }
    // Checkpoints last: a run goes on behind what the others have written.
    observers += directory?.observers ?? []
    let result = try run.train(observers: observers)
    if result.ending == .stopped { try directory?.stop(run) }
    return result
  }

  private func finish(
    _ run: TrainingRun, last: EpochRecord, ending: RunEnding, secondsBefore: Double,
    directory: OpenRunDirectory?, metrics: MetricsFile?
  ) throws {
    if !options.quiet, let text = RunDescription.ending(ending, run) { try Console.result(text) }
    if let path = options.files.save { try run.writeModel(path: path) }
    if let path = options.files.profile, let profile = run.profile {
      try ChromeTrace.write(profile, path: path)
    }
    let digest = run.digest
    let record = RecordedEnd(
      run: run, last: last, ending: ending,
      seconds: secondsBefore + (ContinuousClock.now - started) / .seconds(1), digest: digest)
    try metrics?.writeEnd(record)
    // The digest is told even where the directory's files could not all be written.
    let failure = Result { try directory?.finish(run, record: record) }
    try Console.result("weights_digest \(digest)")
    try failure.get()
  }
}
