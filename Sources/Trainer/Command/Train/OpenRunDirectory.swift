import Files
import Glibc
import Machine
import Parallel
import Runs
import Training

/// The run directory of a job under way: its lock, its files, its checkpoints.
///
/// With several ranks rank 0 has it, and the others a ``FollowedRunDirectory``.
final class OpenRunDirectory: JobDirectory {
  private let directory: RunDirectory
  private let identity: RunIdentity
  private let writer: CheckpointWriter
  /// Nil where the run is complete, and its files stay as they are.
  private let recorder: RunRecorder?
  private let checkpoints: CheckpointObserver
  /// What a run that goes on does not have from the directory.
  private let repeatedOptions: [Setting]
  /// What the metrics say of the end of a complete run.
  let end: RecordedEnd?

  /// Takes the directory and puts the run where its newest checkpoint is, if it is to go on.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - layers: The job's options.
  ///   - run: The run, at its beginning.
  ///   - identity: What it is a function of.
  ///   - machine: Where it runs.
  /// - Throws: `TrainerError` or `WeightsError`.
  init(
    path: String, layers: LayeredOptions, run: TrainingRun, identity: RunIdentity,
    machine: Machine
  ) throws {
    let options = layers.options
    let mode = options.output.mode
    repeatedOptions = options.repeatedOptions
    directory = try RunDirectory(path: path, mode: mode)
    let paths = directory.paths
    let folder = CheckpointFolder(path: paths.checkpoints, keep: options.output.keep)
    self.identity = identity
    if mode == .resume {
      try layers.requireUnchanged(paths)
      try Self.resume(
        run, identity: identity, folder: folder, paths: paths, isQuiet: options.quiet)
    }
    if mode == .overwrite { try directory.removeRun() }
    let record = RunRecord(
      run: run, options: options.recordedSettings(of: run), files: options.recordedFiles,
      digests: identity.dataset, machine: machine, command: CommandLine.arguments)
    // Other settings, such as a reason to stop early, are another run's record.
    end =
      try layers.earlier.map(record.hasSettings) == true
      ? CompleteRun.end(of: run, paths: paths) : nil
    if end == nil {
      try Self.write(record, run, paths)
      recorder = try RunRecorder(
        paths: paths, run: run, checkpoints: folder, machine: machine,
        initialWeights: options.files.initialPath, warn: { Console.warning($0) })
    } else {
      recorder = nil
    }
    writer = CheckpointWriter(folder: folder, warn: { Console.warning($0) })
    checkpoints = CheckpointObserver(
      writer: end == nil ? writer : nil, identity: identity,
      interval: options.output.checkpointEvery,
      step: run.position.step, stopIsRequested: { StopSignals.caught != nil })
  }

  /// Writes figures, then checkpoints.
  var observers: [any TrainingObserver] {
    [DirectoryObserver(directory, writers: (recorder.map { [$0] } ?? []) + [checkpoints])]
  }

  private static func resume(
    _ run: TrainingRun, identity: RunIdentity, folder: CheckpointFolder,
    paths: RunDirectory.Paths, isQuiet: Bool
  ) throws {
    let newest = try folder.newest(warn: { Console.warning($0) })
    // The other ranks wait to hear whether there is one.
    _ = run.communicator.any(newest != nil)
    guard let checkpoint = newest else {
      guard access(paths.model, F_OK) != 0 else {
        throw TrainerError(
          .badData,
          "\(paths.directory) holds the model of a complete run, but no checkpoint to resume from; "
            + "--overwrite replaces the run")
      }
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

  /// Writes `config.json`; a run that goes on keeps its beginning.
  private static func write(
    _ record: RunRecord, _ run: TrainingRun, _ paths: RunDirectory.Paths
  ) throws {
    var record = record
    if run.position.step > 0 {
      record = record.continuing(
        try RunRecord.read(path: paths.config), atStep: run.position.step)
    }
    try record.write(path: paths.config)
  }

  /// Ends the job with a checkpoint, if a signal has come.
  ///
  /// - Parameter run: The run, between two steps.
  /// - Throws: `StoppedBySignal`, or why no checkpoint could be written.
  func stopIfRequested(_ run: TrainingRun) throws {
    guard run.communicator.any(StopSignals.caught != nil) else { return }
    let checkpoint = Checkpoint(of: run, identity: identity)
    try directory.requireInPlace()
    if end == nil { writer.write(checkpoint) }
    try stop(run)
  }

  /// Ends the job after a signal.
  ///
  /// - Parameter run: The run, whose checkpoint is written or on its way.
  /// - Throws: `StoppedBySignal`, or why no checkpoint could be written.
  func stop(_ run: TrainingRun) throws {
    try directory.requireInPlace()
    try writer.finish()
    let stopped = StoppedBySignal(
      run, directory: directory.paths.directory, options: repeatedOptions)
    recorder?.stop(step: stopped.step, signal: stopped.signalName)
    throw stopped
  }

  /// Waits for the checkpoint that is being written.
  func settle() {
    if (try? directory.requireInPlace()) != nil { recorder?.pause() }
    writer.wait()
  }

  /// Writes what a complete run leaves; every file is tried.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - record: What came of it.
  /// - Throws: The first failure.
  func finish(_ run: TrainingRun, record: RecordedEnd) throws {
    // All ranks evaluate.
    let outcome = run.testOutcome()
    guard let recorder else { return }
    try directory.requireInPlace()
    var failures: [any Error] = []
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { failures.append(error) }
    }
    attempt { try writer.finish() }
    attempt { try run.writeModel(path: directory.paths.model, in: .lockedDirectory) }
    attempt { try recorder.writeBestModel() }
    attempt { try recorder.end(record) }
    attempt {
      try HTMLReport.write(
        RunReport.make(directory: directory.paths.directory, outcome: outcome),
        path: directory.paths.report)
    }
    for error in failures.dropFirst() { Console.warning("\(error)") }
    if let first = failures.first { throw first }
  }
}
