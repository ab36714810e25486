import ImageData
import Machine
import Parallel
import Training

/// A configuration that fits the data, and this rank's part of the machine.
struct FittedConfiguration {
  /// The configuration.
  let configuration: TrainingConfiguration
  /// The data.
  let dataset: Dataset
  /// This machine.
  let machine: Machine
  /// The CPUs of this rank.
  let cpus: RankCPUs
  /// The number of cores of this rank.
  let coreCount: Int
  private let rankCount: Int

  /// Divides the machine among its ranks, and fits the batch to the data; collective.
  ///
  /// - Parameters:
  ///   - configuration: The settings, checked without the data.
  ///   - options: The command's options.
  ///   - dataset: The data.
  ///   - usable: The CPUs that the process may use.
  ///   - communicator: Connects the ranks.
  /// - Throws: `TrainerError` or another error about the settings or the machine.
  init(
    _ configuration: TrainingConfiguration, _ options: any StepOptions, _ dataset: Dataset,
    usable: UsableCPUs, communicator: any Communicator
  ) throws {
    var configuration = configuration
    machine = options.kernels.machine(configuration.engine, usable: usable)
    cpus = try MPIProcess.divide(
      usable, among: communicator, machine: machine, pin: options.pinning.pin)
    coreCount = MPIProcess.ownCores(cpus, of: usable, among: communicator)
    if communicator.size > 1 {
      configuration.threads = try options.threads.count(default: cpus.count)
    }
    if let note = configuration.fitBatch(sampleCount: dataset.training.count), !options.isQuiet {
      Console.note(note.asTyped)
    }
    try configuration.validate(sampleCount: dataset.training.count)
    self.configuration = configuration
    self.dataset = dataset
    rankCount = communicator.size
  }

  /// Checks that this machine has the memory that training needs.
  ///
  /// - Parameters:
  ///   - evaluates: Whether the run is evaluated after each epoch.
  ///   - writesCheckpoints: Whether this process writes checkpoints.
  /// - Throws: `TrainerError` of code `refused` if it has not.
  func requireMemory(evaluates: Bool, writesCheckpoints: Bool) throws {
    let evaluatedRows =
      evaluates
      ? min(configuration.threads * LeafPlan.blockRows, dataset.test.count / rankCount) : 0
    try MemoryCheck(
      training: configuration, try configuration.architecture(for: dataset),
      dataBytes: dataset.byteCount, rankCount: rankCount, evaluatedRows: evaluatedRows,
      writesCheckpoints: writesCheckpoints
    ).require(of: machine)
  }
}
