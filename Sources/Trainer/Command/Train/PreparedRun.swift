import Files
import ImageData
import Machine
import Model
import Parallel
import Runs
import Training

/// A run before its first step: all input is read and checked, and the ranks agree.
struct PreparedRun {
  /// The run.
  let run: TrainingRun
  /// The run's identity, if the command or another rank needs it.
  let identity: RunIdentity?
  /// This machine.
  let machine: Machine
  /// The CPUs of this rank.
  let cpus: RankCPUs
  private let usable: UsableCPUs
  private let options: any TrainingOptions

  /// Joins the other ranks, selects kernels, reads data and weights, and builds the model;
  /// collective.
  ///
  /// - Parameters:
  ///   - options: The command's options.
  ///   - configuration: The settings, checked without the data.
  ///   - usable: The CPUs that the process may use.
  /// - Throws: `TrainerError` or another error about the input or the machine.
  init(
    _ options: any TrainingOptions, _ configuration: TrainingConfiguration, usable: UsableCPUs
  ) throws {
    self.options = options
    self.usable = usable
    try options.kernels.select(configuration.engine, isQuiet: options.isQuiet)
    let communicator = MPIProcess.join()
    let isLeader = communicator.rank == 0
    // Rank 0 alone reads the weights; the others get them from it. A resumed run has its weights in
    // a checkpoint; those it started from may be gone.
    let weights =
      try !isLeader || options.hasCheckpoint
      ? nil : options.initialWeights.map { try SavedModel.read(path: $0) }
    let dataset = try Self.loadDataset(options)
    let fitted = try FittedConfiguration(
      configuration, options, dataset, usable: usable, communicator: communicator)
    machine = fitted.machine
    cpus = fitted.cpus
    identity = try Self.agree(options, fitted, communicator)
    try fitted.requireMemory(
      evaluates: options.evaluates, writesCheckpoints: isLeader && options.writesCheckpoints)
    run = try TrainingRun(
      configuration: fitted.configuration, dataset: dataset, coreCount: fitted.coreCount,
      pin: options.pinning.pin, profile: isLeader ? options.profileDetail : nil,
      communicator: communicator)
    if let weights { try run.load(weights) }
    try run.followLeader()
  }

  private static func loadDataset(_ options: any TrainingOptions) throws -> Dataset {
    let location = try options.data.locate()
    try options.outputs.requireApart(from: location)
    if !options.isQuiet { Console.note(location.note) }
    let dataset = try Dataset.load(from: location)
    for warning in dataset.warnings { Console.warning(warning.asTyped) }
    return dataset
  }

  /// Checks that all ranks have the same settings.
  private static func agree(
    _ options: any TrainingOptions, _ fitted: FittedConfiguration,
    _ communicator: any Communicator
  ) throws -> RunIdentity? {
    guard communicator.size > 1 || options.writesCheckpoints else { return nil }
    let identity = RunIdentity(
      configuration: fitted.configuration,
      initialWeights: options.initialWeights.map { PathNames.absolute($0) },
      dataset: fitted.dataset.fileDigests(), machine: fitted.machine)
    try RankAgreement.require(
      RankAgreement.items(identity, settings: fitted.configuration.settings + options.jobSettings),
      among: communicator)
    return identity
  }

  /// Warns of options that may not do what was meant.
  func warnOfOptions() {
    let configuration = run.configuration
    RunDescription.warnOfIdleThreads(
      configuration, unitRows: LeafPlan.leafRows * run.state.network.unitLeaves,
      rankCount: run.communicator.size, sampleCount: run.dataset.training.count)
    for text in run.optionsWithoutEffect + options.model.optionsWithoutEffect {
      Console.warning(text)
    }
    options.pinning.warnOfSharedCPUs(threads: configuration.threads, usable: usable)
    // Bound threads have a warning of their own.
    if !options.isQuiet, options.pinning.pin == .none {
      RunDescription.noteSharedCPUs(
        threads: configuration.threads,
        cpuCount: run.communicator.size > 1 ? cpus.count : usable.count)
    }
  }
}
