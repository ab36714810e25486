import Files
import Machine
import Parallel
import Runs
import Training

/// The run directory of a job under way: its lock, its files, its checkpoints.
///
/// With several ranks rank 0 has it, and the others a ``OtherRankDirectory``.
struct OpenRunDirectory: JobDirectory {
  private let directory: RunDirectory
  private let options: TrainCommand
  private let machine: Machine
  private let folder: CheckpointFolder
  private let checkpoints: CheckpointObserver
  private let record: RunRecord
  /// The final record of a complete run; nil for any other.
  let complete: RecordedEnd?

  /// Locks the directory, and restores the newest checkpoint if the run is resumed.
  ///
  /// Nothing of an earlier run is removed or written before the observers start.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - layers: The job's options.
  ///   - run: The run, at its beginning.
  ///   - identity: The run's identity.
  ///   - machine: Where it runs.
  /// - Throws: `TrainerError`, `FileError` or `WeightsError`; `SystemRefusal` without memory for
  ///   checkpoints.
  init(
    path: String, layers: LayeredOptions, run: TrainingRun, identity: RunIdentity,
    machine: Machine
  ) throws {
    options = layers.options
    self.machine = machine
    var reserve = try Checkpoint.reserveMemory(for: run)
    let mode = options.output.mode
    directory = try RunDirectory(path: path, mode: mode)
    let paths = directory.paths
    folder = CheckpointFolder(
      path: paths.checkpoints, keep: options.output.keep,
      isInPlace: { [directory] in directory.isInPlace })
    if mode == .resume {
      // The checkpoint that is read needs the space.
      reserve.release()
      try layers.requireUnchanged(paths)
      try Self.resume(
        run, identity: identity, folder: folder, paths: paths, isQuiet: options.quiet)
      reserve = try Checkpoint.reserveMemory(for: run)
    }
    let record = RunRecord(
      run: run, options: options.recordedSettings(of: run), files: options.files.recordedSettings,
      digests: identity.dataset, machine: machine, command: CommandLine.arguments)
    // Other settings, such as a reason to stop early, are another run's record.
    complete =
      try layers.earlier.map(record.hasSettings) == true
      ? CompleteRun.end(of: run, paths: paths) : nil
    // A resumed run keeps its beginning.
    self.record =
      try run.position.step == 0
      ? record
      : record.continuing(RunRecord.read(path: paths.config), atStep: run.position.step)
    checkpoints = .ofJob(
      folder: complete == nil ? folder : nil, reserve: reserve, identity: identity,
      options: options.output)
  }

  var stopReason: @Sendable () -> String {
    return { [checkpoints] in StoppedBySignal.name(of: checkpoints.stopSignal) }
  }

  /// Writes the run's files; those of a complete run stay as they are.
  func observers(_ end: FinalRecord) throws -> [any TrainingObserver] {
    let paths = directory.paths
    let warn: @Sendable (String) -> Void = { Console.warning($0) }
    var files: [any TrainingObserver] = []
    if complete == nil {
      let metrics = try MetricsFile(
        path: paths.metrics, in: .ownDirectory, machine: machine,
        initialWeights: options.files.initialPath, end: end, stopReason: stopReason)
      let table = try EpochLineFile.metricsTable(path: paths.table)
      files = [
        RecordFile(
          directory: directory, record: record,
          replacedLines: options.output.mode == .overwrite ? [metrics.file, table.file] : nil),
        FinalModelFile(path: paths.model, in: .ownDirectory),
        BestModel(path: paths.bestModel, checkpoints: folder, warn: warn),
        metrics, table,
      ]
    }
    files.append(
      ReportFile(
        paths: complete == nil ? paths : nil,
        stop: { [checkpoints, repeated = options.repeatedOptions] run in
          let stopped = StoppedBySignal(
            run, signal: checkpoints.stopSignal, directory: paths.directory, options: repeated)
          return .signal(name: stopped.signalName, resume: stopped.resumeCommand)
        }, warn: warn))
    return [DirectoryObserver(directory, checkpoints: checkpoints, files: files, warn: warn)]
  }

  func abandon() { directory.abandon() }

  func stop(of run: TrainingRun) -> StoppedBySignal {
    StoppedBySignal(
      run, signal: checkpoints.stopSignal, directory: directory.paths.directory,
      options: options.repeatedOptions)
  }

  private static func resume(
    _ run: TrainingRun, identity: RunIdentity, folder: CheckpointFolder,
    paths: RunPaths, isQuiet: Bool
  ) throws {
    let newest = try folder.newest(warn: { Console.warning($0) })
    // The other ranks wait to hear whether there is one.
    _ = run.communicator.any(newest != nil)
    guard let checkpoint = newest else {
      if !isQuiet { Console.note("No checkpoint in \(paths.directory): starting at the beginning") }
      return
    }
    let name = checkpoint.path ?? paths.checkpoints
    try identity.requireSame(as: checkpoint.identity, checkpoint: name)
    if let warning = identity.warning(comparedWith: checkpoint.identity) {
      Console.warning(warning)
    }
    try checkpoint.restore(run)
    if !isQuiet { Console.note("Resuming from \(name)") }
  }
}
