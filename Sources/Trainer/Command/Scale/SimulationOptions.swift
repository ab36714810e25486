import ArgumentParser
import Files
import Parallel
import Scaling
import Training

/// The options for the machines to predict for.
struct SimulationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Predict for machines with these numbers of cores, with a cost model that is checked against "
        + "the measurements.",
      valueName: "cores"))
  var simulate: WholeNumbers?

  @Option(
    help: ArgumentHelp("Numbers of such machines (default: 1).", valueName: "list"))
  var machines: WholeNumbers?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory bandwidth of each predicted machine, in GB/s (default: extrapolated from this "
        + "machine).", valueName: "x"))
  var memoryBandwidth: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bandwidth of the link between machines, in Gbit/s.", valueName: "x"))
  var linkBandwidth: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Latency of the link between machines, in microseconds.", valueName: "x"))
  var linkLatency: Double?

  /// More predictions take long, and no table or chart shows them well.
  private static let mostPredictions = 1_000

  /// The machines to predict for: every number of machines with every number of cores.
  ///
  /// - Throws: `TrainerError` for options that have no effect alone, for impossible machines, and
  ///   for too many of them.
  var targets: [ScalingSimulation.Target] {
    get throws {
      guard let simulate else {
        for (name, isGiven) in [
          ("machines", machines != nil), ("memory-bandwidth", memoryBandwidth != nil),
          ("link-bandwidth", linkBandwidth != nil),
          ("link-latency", linkLatency != nil),
        ] where isGiven {
          throw TrainerError(.usage, "--\(name) has no meaning without --simulate")
        }
        return []
      }
      let machineCounts = machines?.values ?? [1]
      let count = simulate.values.count * machineCounts.count
      guard count <= Self.mostPredictions else {
        throw TrainerError(
          .usage,
          "--simulate has \(counted(simulate.values.count, "number")) of cores and --machines "
            + "\(counted(machineCounts.count, "number")) of machines, which is \(count) "
            + "predictions; there can be at most \(Self.mostPredictions)")
      }
      return try machineCounts.flatMap { machines in
        try simulate.values.map {
          try ScalingSimulation.Target(machines: machines, cores: $0)
        }
      }
    }
  }

  /// The memory bandwidth of each machine in bytes per second; nil if it is not given.
  ///
  /// - Throws: `TrainerError` if it is not from 10^-3 to 10^6 GB/s: no machine is like that, and
  ///   predictions could overflow.
  var memoryBytesPerSecond: Double? {
    get throws {
      guard let memoryBandwidth else { return nil }
      guard (1e-3...1e6).contains(memoryBandwidth) else {
        throw TrainerError(
          .usage,
          "--memory-bandwidth is \(memoryBandwidth); it must be from 0.001 to 1000000, in GB/s")
      }
      return memoryBandwidth * 1e9
    }
  }

  /// The link between the machines; nil if it is not given.
  ///
  /// - Throws: `TrainerError` if only one of its options is given, or a value is invalid.
  var link: NetworkLink? {
    get throws {
      switch (linkBandwidth, linkLatency) {
      case (nil, nil):
        guard machines?.values.allSatisfy({ $0 <= 1 }) ?? true else {
          throw TrainerError(
            .usage, "--machines above 1 needs --link-bandwidth and --link-latency")
        }
        return nil
      case (let bandwidth?, let latency?):
        return try NetworkLink(gigabitsPerSecond: bandwidth, latencyMicroseconds: latency)
      default:
        throw TrainerError(.usage, "--link-bandwidth and --link-latency have to be given together")
      }
    }
  }
}
