import Parallel

/// What of the machine can make figures mean something else than they seem to.
public struct ScalingGround: Sendable {
  /// The CPUs that the process may use.
  public let usable: UsableCPUs
  /// The processors.
  public let topology: CPUTopology
  /// The frequency governor of each usable CPU; empty where the kernel tells none.
  public let governors: [Int: String]
  /// What is said of OpenBLAS's core; nil where all is well.
  public let coreWarning: String?

  /// Looks at the machine.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that the process may use.
  ///   - topology: The processors.
  ///   - coreWarning: What is said of OpenBLAS's core; nil where all is well.
  ///   - root: The folder that stands for `/`.
  public init(
    usable: UsableCPUs, topology: CPUTopology, coreWarning: String?, root: String = "/"
  ) {
    self.usable = usable
    self.topology = topology
    self.coreWarning = coreWarning
    var governors: [Int: String] = [:]
    for cpu in usable.cpus {
      // Virtual machines have none.
      governors[cpu] = SystemFile.textIfReadable(
        "/sys/devices/system/cpu/cpu\(cpu)/cpufreq/scaling_governor", root: root)
    }
    self.governors = governors
  }

  /// The physical cores among the usable CPUs.
  public var coreCount: Int { topology.usableCoreCount }

  /// What is known before anything is measured.
  ///
  /// - Parameters:
  ///   - experiment: What will be measured.
  ///   - pin: Where workers are bound.
  /// - Returns: Findings, in no order.
  public func findings(
    before experiment: ScalingExperiment, pin: WorkerPlacement
  ) -> [ScalingFinding] {
    var result = [
      ScalingFinding(.note, "\(counted(usable.count, "CPU")) usable: \(usable.reason)")
    ]
    let most = experiment.configurations.map(\.workers).max() ?? 1
    if let quota = usable.quota, Double(most) > quota {
      result.append(
        ScalingFinding(
          .warning,
          "a quota of \(quota) CPUs: the kernel stops more workers than that for a part of the time"
        ))
    }
    if coreCount < usable.cpus.count {
      result.append(
        ScalingFinding(
          .note,
          "\(counted(usable.cpus.count, "CPU")) are SMT siblings on "
            + "\(counted(coreCount, "core")): points beyond \(counted(coreCount, "worker")) share "
            + "cores, and the fits leave them out"))
    }
    if topology.usableNodes.count > 1, pin == .none {
      result.append(
        ScalingFinding(
          .note,
          "\(topology.usableNodes.count) NUMA nodes, and workers may move from one to another: "
            + "--pin compact or --pin spread binds them"))
    }
    result += governorFindings
    if let coreWarning { result.append(ScalingFinding(.warning, coreWarning)) }
    result += topology.guesses.map { ScalingFinding(.note, $0) }
    if most > usable.count {
      result.append(
        ScalingFinding(
          .warning,
          "points of more than \(counted(usable.count, "worker")) are oversubscribed: they "
            + "measure the scheduler too, and the fits leave them out"))
    }
    if experiment.repeats < Bootstrap.leastCount {
      result.append(
        ScalingFinding(
          .warning,
          "\(counted(experiment.repeats, "repeat")): too few for intervals, so that no "
            + "difference is shown; --repeats 5 or more"))
    }
    return result + idleFindings(experiment)
  }

  private var governorFindings: [ScalingFinding] {
    if governors.isEmpty {
      return [
        ScalingFinding(.note, "the kernel tells no frequency governor: clocks are not checked")
      ]
    }
    let names = Set(governors.values).sorted()
    if names == ["performance"] {
      return [ScalingFinding(.note, "frequency governor: performance")]
    }
    return [
      ScalingFinding(
        .warning,
        "frequency governor: \(names.joined(separator: ", ")); clocks may change with the load, "
          + "`performance` keeps them steadier")
    ]
  }

  private func idleFindings(_ experiment: ScalingExperiment) -> [ScalingFinding] {
    let cuts = Dictionary(grouping: experiment.configurations.filter { $0.shardCount < $0.workers })
    { [$0.batchSize, $0.shardSize] }
    return cuts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, configurations in
      let shards = configurations[0].shardCount
      return ScalingFinding(
        .warning,
        "a batch of \(key[0]) has \(counted(shards, "shard")) of \(key[1]) rows: more than "
          + "\(counted(shards, "worker")) find no work in most of a step")
    }
  }

  /// What the measurements themselves tell.
  ///
  /// - Parameter series: The figures.
  /// - Returns: Findings, in no order.
  public func findings(after series: [ScalingSeries]) -> [ScalingFinding] {
    let points = series.flatMap(\.points)
    let measurements = points.flatMap(\.measurements)
    var result = interferenceFindings(measurements.map(\.interference))
    for series in series {
      for (one, other) in zip(series.points, series.points.dropFirst())
      where one.samplesPerSecond.low != nil
        && one.samplesPerSecond.overlaps(other.samplesPerSecond)
      {
        result.append(
          ScalingFinding(
            .warning,
            "batch \(series.batchSize), shard \(series.shardSize): the intervals of "
              + "\(one.configuration.label) and \(other.configuration.label) overlap: no difference is "
              + "shown"))
      }
    }
    result.append(
      ScalingFinding(
        .note,
        "weights digests agree in all \(measurements.count) measurements, whatever the number of "
          + "workers: one for each batch and shard size"))
    return result
  }

  /// Shares of a CPU below which nobody's figures change.
  private static let tolerated = 0.05

  private func interferenceFindings(_ times: [Interference]) -> [ScalingFinding] {
    func finding(_ figures: [Double?], _ what: String) -> ScalingFinding? {
      let disturbed = figures.compactMap { $0 }.filter { $0 > Self.tolerated }
      guard let most = disturbed.max() else { return nil }
      return ScalingFinding(
        .warning,
        "\(what) up to \(FigureText.fixed(most, 2)) CPUs during \(disturbed.count) of "
          + "\(times.count) measurements")
    }
    var result = [
      finding(times.map(\.otherCPUs), "other processes used"),
      finding(times.map(\.stolenCPUs), "the hypervisor gave others"),
    ].compactMap { $0 }
    let throttled = times.compactMap(\.throttledSeconds).reduce(0, +)
    if throttled > 0 {
      result.append(
        ScalingFinding(
          .warning,
          "the CPU quota stopped the workers for \(FigureText.fixed(throttled, 2)) s in all"))
    }
    if times.contains(where: { $0.otherCPUs == nil }) {
      result.append(
        ScalingFinding(.note, "the kernel does not tell what other processes used"))
    }
    return result
  }
}
