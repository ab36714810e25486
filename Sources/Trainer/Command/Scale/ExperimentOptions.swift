import ArgumentParser
import Files
import Model
import Parallel
import Scaling
import Training

/// The options for what `trainer scale` measures, and how often.
struct ExperimentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Numbers of worker threads, separated by commas (default: powers of two up to the number of "
        + "CPUs that this process may use, and that number itself).",
      valueName: "list"))
  var threads: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "Numbers of processes, each with that many threads, started by --mpirun; needs a build with "
        + "the trait MPI.",
      valueName: "list"))
  var ranks = WholeNumbers(1)

  @Option(
    help: ArgumentHelp(
      "The command that starts ranks, before -np (default: \(Self.usualLauncher)).",
      valueName: "command"))
  var mpirun: String?

  private static let usualLauncher = "mpirun --bind-to none --oversubscribe"

  @Option(
    help: ArgumentHelp(
      "Samples in a batch; in weak scaling, per worker (default: \(Self.usualBatchSize), or as "
        + "many as the training set allows if that is fewer).", valueName: "list"))
  var batchSize: WholeNumbers?

  private static let usualBatchSize = TrainingConfiguration.standard.batchSize

  @Option(
    help: ArgumentHelp(
      "Samples that a thread works on at a time, rounded up to a multiple of 8, at most the largest "
        + "batch (default: those of trainer train).",
      valueName: "list"))
  var shardSize: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "strong keeps the batch size, weak multiplies it by the workers.", valueName: "mode"))
  var mode = ScalingMode.strong

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rounds, 1 to 1000; each measures every configuration once.", valueName: "n"))
  var repeats = 5

  /// The experiment that the options describe.
  ///
  /// - Parameters:
  ///   - cores: The number of CPUs that this process may use.
  ///   - usualBatchSize: The default batch size.
  ///   - network: The network, which decides how shard sizes are rounded; nil as long as it is not
  ///     known: they are those that were given then.
  /// - Returns: The experiment.
  /// - Throws: `TrainerError` with the name of the option.
  func experiment(
    cores: Int, usualBatchSize: Int = Self.usualBatchSize, network: Network? = nil
  ) throws -> ScalingExperiment {
    let batchSizes = batchSize?.values ?? [usualBatchSize]
    let threads = threads?.values ?? Self.defaultThreads(cores: cores)
    for count in threads where count > WorkerTeam.maximumCount {
      throw TrainerError(
        .usage, "--threads has \(count); it must be from 1 to \(WorkerTeam.maximumCount)")
    }
    if mpirun != nil, ranks == WholeNumbers(1) {
      throw TrainerError(.usage, "--mpirun has no meaning without --ranks above 1")
    }
    if let most = ranks.values.last, most > 1, !MPIProcess.isAvailable {
      throw TrainerError(
        .usage, "--ranks has \(most); more than 1 needs a build with the trait MPI: docs/mpi.md")
    }
    return try ScalingExperiment(
      mode: mode, ranks: ranks.values, threads: threads, batchSizes: batchSizes,
      shardSizes: shardSizes(for: network, batchSizes: batchSizes, threads: threads),
      repeats: repeats)
  }

  /// The shard sizes, each once.
  ///
  /// A measurement reports the size that it used, so the plan has to have the same one. A shard is
  /// not larger than the largest batch: the cost model measures products of so many rows.
  private func shardSizes(for network: Network?, batchSizes: [Int], threads: [Int]) -> [Int] {
    guard let network else { return shardSize?.values ?? [LeafPlan.blockRows] }
    let workers = mode == .weak ? (ranks.values.max() ?? 1) * (threads.max() ?? 1) : 1
    let (most, overflows) = (batchSizes.max() ?? 1).multipliedReportingOverflow(by: workers)
    let sizes = shardSize?.values.map { ShardSize.rows(overflows ? $0 : min($0, most)) } ?? [.auto]
    return Set(sizes.map { $0.rows(for: network) }).sorted()
  }

  /// Reduces the default batch size to fit the data.
  ///
  /// - Parameters:
  ///   - experiment: The experiment with the default batch size.
  ///   - configuration: The settings.
  ///   - sampleCount: The number of training samples.
  /// - Returns: The batch size; nil if the default fits.
  func fittedBatchSize(
    _ experiment: ScalingExperiment, _ configuration: TrainingConfiguration, sampleCount: Int
  ) -> Int? {
    guard batchSize == nil else { return nil }
    let factors =
      experiment.mode == .weak
      ? Set(experiment.configurations.map { $0.ranks * $0.threads }) : [1]
    let size = (1...Self.usualBatchSize).last { size in
      factors.allSatisfy { factor in
        configuration.largestBatch(upTo: factor * size, sampleCount: sampleCount) == factor * size
      }
    }
    return size == Self.usualBatchSize ? nil : size
  }

  /// The words of the command that starts ranks.
  var launcher: [String] {
    (mpirun ?? Self.usualLauncher).split(separator: " ").map(String.init)
  }

  /// Powers of two up to the number of CPUs, and that number.
  static func defaultThreads(cores: Int) -> [Int] {
    let most = min(cores, WorkerTeam.maximumCount)
    let powers = sequence(first: 1) { $0 * 2 }.prefix { $0 < most }
    return powers + [most]
  }
}

extension ScalingMode: NamedChoice {}
