import Files
import ImageData
import Machine
import Model
import Parallel
import Runs
import Training

/// The options of a command that trains a network.
protocol TrainingOptions {
  var threads: ThreadsOption { get }
  var kernels: KernelOptions { get }
  var pinning: PinOption { get }
  var data: DataOptions { get }
  var model: ModelOptions { get set }
  /// Whether only warnings and errors are printed.
  var isQuiet: Bool { get }
  /// The file or run directory with the weights to start from; nil for random ones.
  var initialWeights: String? { get }
  /// Whether the weights to start from are not read, because a checkpoint has later ones.
  var hasCheckpoint: Bool { get throws }
  /// Whether the run's identity is needed by one process too.
  var needsIdentity: Bool { get }
  /// The settings besides the configuration that decide what ranks do together.
  var jobSettings: [Setting] { get }
  /// The detail in which the workers' activity is recorded; nil for none.
  var profileDetail: StageProfile.Detail? { get }
  /// The files that are written.
  var outputs: [OutputPath] { get }
}

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

  /// Joins the other ranks, selects kernels, reads data and weights, and builds the model; collective.
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
    var configuration = configuration
    try options.kernels.select(configuration.engine, isQuiet: options.isQuiet)
    let communicator = MPIProcess.join()
    let isLeader = communicator.rank == 0
    // Rank 0 alone reads the weights; the others get them from it. A resumed run has its weights in a
    // checkpoint; those it started from may be gone.
    let weights =
      try !isLeader || options.hasCheckpoint
      ? nil : options.initialWeights.map { try SavedModel.read(path: $0) }
    let dataset = try Self.loadDataset(options)
    machine = options.kernels.machine(configuration.engine, usable: usable)
    cpus = try MPIProcess.divide(
      usable, among: communicator, machine: machine, pin: options.pinning.pin)
    if communicator.size > 1 {
      configuration.threads = try options.threads.count(default: cpus.count)
    }
    if let note = configuration.fitBatch(sampleCount: dataset.training.count), !options.isQuiet {
      Console.note(note.asTyped)
    }
    try configuration.validate(sampleCount: dataset.training.count)
    identity = try Self.agree(options, configuration, dataset, machine, communicator)
    try MemoryCheck(
      training: configuration, try configuration.architecture(for: dataset),
      rankCount: communicator.size
    ).require(of: machine)
    run = try TrainingRun(
      configuration: configuration, dataset: dataset,
      coreCount: MPIProcess.ownCores(cpus, of: usable, among: communicator),
      pin: options.pinning.pin, profile: isLeader ? options.profileDetail : nil,
      communicator: communicator)
    if let weights { try run.load(weights) }
    try run.followLeader()
    // Arrays hold the values for the digest and the model's file, after all training.
    try run.state.tensors.requireMemoryToCopy(for: "the model's file")
  }

  private static func loadDataset(_ options: any TrainingOptions) throws -> Dataset {
    let location = try options.data.locate()
    try options.outputs.requireApart(from: location)
    if !options.isQuiet { Console.note("Data set \(location.name) from \(location.directory)") }
    let dataset = try Dataset.load(from: location)
    for warning in dataset.warnings { Console.warning(warning.asTyped) }
    return dataset
  }

  /// Checks that all ranks have the same settings.
  private static func agree(
    _ options: any TrainingOptions, _ configuration: TrainingConfiguration, _ dataset: Dataset,
    _ machine: Machine, _ communicator: any Communicator
  ) throws -> RunIdentity? {
    guard communicator.size > 1 || options.needsIdentity else { return nil }
    let identity = RunIdentity(
      configuration: configuration,
      initialWeights: options.initialWeights.map { PathNames.absolute($0) },
      dataset: dataset.fileDigests(), machine: machine)
    try RankAgreement.require(
      RankAgreement.items(identity, settings: configuration.settings + options.jobSettings),
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
