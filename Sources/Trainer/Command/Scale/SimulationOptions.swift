import ArgumentParser
import Scaling
import Training

/// Which machines that are not here are asked about.
struct SimulationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Predict for machines with so many cores, from a model that the measurements are checked against.",
      valueName: "cores"))
  var simulate: WholeNumbers?

  @Option(
    help: ArgumentHelp("Predict for so many such machines (default: 1).", valueName: "list"))
  var machines: WholeNumbers?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory bandwidth of each machine to predict, in GB/s (default: extrapolated from this "
        + "machine's).", valueName: "x"))
  var memoryBandwidth: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bandwidth of the link between machines, in Gbit/s.", valueName: "x"))
  var linkBandwidth: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Latency of the link between machines, in microseconds.", valueName: "x"))
  var linkLatency: Double?

  /// The machines asked about: every number of machines with every number of cores.
  ///
  /// - Throws: `TrainerError` for options that mean nothing without others, and impossible machines.
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
      return try (machines?.values ?? [1]).flatMap { machines in
        try simulate.values.map {
          try ScalingSimulation.Target(machines: machines, cores: $0)
        }
      }
    }
  }

  /// Bytes a second of each machine's memory; nil if nothing is said of it.
  ///
  /// - Throws: `TrainerError` where it cannot be.
  var memoryBytesPerSecond: Double? {
    get throws {
      guard let memoryBandwidth else { return nil }
      guard memoryBandwidth > 0, memoryBandwidth.isFinite else {
        throw TrainerError(
          .usage,
          "--memory-bandwidth is \(memoryBandwidth); it has to be a finite number above 0, in GB/s")
      }
      return memoryBandwidth * 1e9
    }
  }

  /// What joins the machines; nil if nothing is said of it.
  ///
  /// - Throws: `TrainerError` where only one half is said, or it cannot be.
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
