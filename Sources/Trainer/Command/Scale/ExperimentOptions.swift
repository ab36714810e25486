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
      "Samples of a step; in weak scaling for each worker.", valueName: "list"))
  var batchSize = WholeNumbers(512)

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
  /// - Parameter cores: The CPUs that this process may use.
  /// - Returns: The experiment.
  /// - Throws: `TrainerError` that names the option.
  func experiment(cores: Int) throws -> ScalingExperiment {
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
        mode: mode, ranks: ranks.values, threads: threads, batchSizes: batchSize.values,
        cpuCount: cores, repeats: repeats)
    }
    return try ScalingExperiment(
      mode: mode, ranks: ranks.values, threads: threads, batchSizes: batchSize.values,
      shardSizes: shardSize.values, repeats: repeats)
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
