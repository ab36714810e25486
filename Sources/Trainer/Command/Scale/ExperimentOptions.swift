import ArgumentParser
import Parallel
import Scaling
import Training

/// What `trainer scale` measures, and how often.
struct ExperimentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Numbers of worker threads, separated by commas (default: powers of two up to the number of "
        + "CPUs that this process may use, and that number itself).",
      valueName: "list"))
  var threads: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "Numbers of processes with so many threads each, started by --mpirun; needs a build with the "
        + "trait MPI.",
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
      "Samples of a step; in weak scaling for each worker (default: \(Self.usualBatchSize), or as "
        + "many as the training samples allow if that is fewer).", valueName: "list"))
  var batchSize: WholeNumbers?

  private static let usualBatchSize = 512

  @Option(
    help: ArgumentHelp(
      "Samples that a thread works on at a time (default: \(ScalingExperiment.usualShardSize); where "
        + "64 rows would leave CPUs idle, a smaller size too).",
      valueName: "list"))
  var shardSize: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "strong keeps the batch, weak lets it grow with the workers.", valueName: "mode"))
  var mode = ScalingMode.strong

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rounds, in which every configuration is measured once, 1 to 1000.", valueName: "n"))
  var repeats = 5

  /// What is measured.
  ///
  /// - Parameters:
  ///   - cores: The CPUs that this process may use.
  ///   - usualBatchSize: The batch size where none is given.
  /// - Returns: The experiment.
  /// - Throws: `TrainerError` that names the option.
  func experiment(
    cores: Int, usualBatchSize: Int = Self.usualBatchSize
  ) throws -> ScalingExperiment {
    let batchSizes = batchSize?.values ?? [usualBatchSize]
    let threads = threads?.values ?? Self.defaultThreads(cores: cores)
    for count in threads where count > WorkerTeam.maximumCount {
      throw TrainerError(
        .usage, "--threads has \(count); it has to be from 1 to \(WorkerTeam.maximumCount)")
    }
    if mpirun != nil, ranks == WholeNumbers(1) {
      throw TrainerError(.usage, "--mpirun has no meaning without --ranks above 1")
    }
    if let most = ranks.values.last, most > 1, !Ranks.isAvailable {
      throw TrainerError(
        .usage, "--ranks has \(most); more than 1 needs a build with the trait MPI: docs/mpi.md")
    }
    guard let shardSize else {
      return try ScalingExperiment(
        mode: mode, ranks: ranks.values, threads: threads, batchSizes: batchSizes,
        cpuCount: cores, repeats: repeats)
    }
    return try ScalingExperiment(
      mode: mode, ranks: ranks.values, threads: threads, batchSizes: batchSizes,
      shardSizes: shardSize.values, repeats: repeats)
  }

  /// Cuts the batch to the data if none was asked for.
  ///
  /// - Parameters:
  ///   - experiment: The experiment with the usual batch.
  ///   - configuration: What is trained.
  ///   - sampleCount: Samples of the training set.
  /// - Returns: The batch size; nil if the usual one stays.
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

  /// Powers of two up to the CPUs, and the CPUs.
  static func defaultThreads(cores: Int) -> [Int] {
    let most = min(cores, WorkerTeam.maximumCount)
    let powers = sequence(first: 1) { $0 * 2 }.prefix { $0 < most }
    return powers + [most]
  }
}

extension ScalingMode: ExpressibleByArgument {
  /// Upper and lower case are the same.
  package init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
