import ArgumentParser
import Model
import Parallel
import Training

/// The option for the number of workers.
struct ThreadsOption: ParsableArguments {
  @Option(
    \.threads, "Worker threads", value: "n", default: "the CPUs that this process may use",
    note: (MPIProcess.isAvailable ? "Ranks divide the CPUs that they share. " : "")
      + "Never changes a result.")
  var threads: Int?

  /// The number of threads, checked.
  ///
  /// - Parameter cores: The number if none was given.
  /// - Returns: A number that a worker team can have.
  /// - Throws: `TrainerError` for any other.
  func count(default cores: Int) throws -> Int {
    let count = threads ?? TrainingConfiguration.defaultThreads(cores: cores)
    try TrainingConfiguration(threads: count).validate(sampleCount: nil)
    return count
  }
}

/// Which CPUs workers are bound to.
struct PinOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bind each thread to a CPU: compact fills core after core, spread uses all NUMA nodes and "
        + "caches, none leaves them to the system. Never changes a result.",
      valueName: "placement"))
  var pin = WorkerPlacement.none

  /// Warns if several threads are bound to one CPU.
  ///
  /// - Parameters:
  ///   - threads: The threads.
  ///   - usable: The CPUs that the process may use.
  func warnOfSharedCPUs(threads: Int, usable: UsableCPUs) {
    let count = usable.affinityCount
    guard pin != .none, threads > count else { return }
    Console.warning(
      "--pin \(pin.rawValue) binds \(threads) threads to \(counted(count, "CPU")), so that they "
        + "wait for each other; --threads \(count) gives each a CPU of its own")
  }
}

extension WorkerPlacement: NamedChoice {}
