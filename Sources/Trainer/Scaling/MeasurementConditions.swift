import Files
import Pages
import Parallel

/// Machine conditions that can distort a scaling measurement.
package struct MeasurementConditions: Sendable {
  /// The CPUs that the process may use.
  package let usable: UsableCPUs
  /// The processors.
  package let topology: CPUTopology
  /// The frequency governor of each usable CPU; empty if there is none.
  package let governors: [Int: String]
  /// A warning about OpenBLAS's core; nil if there is none.
  package let coreWarning: Message?
  private let spelling: @Sendable (_ setting: String) -> String

  /// Examines the machine.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that the process may use.
  ///   - topology: The processors.
  ///   - coreWarning: A warning about OpenBLAS's core; nil if there is none.
  ///   - root: The folder to use as `/`.
  ///   - spelling: Spells the names of settings in the findings.
  package init(
    usable: UsableCPUs, topology: CPUTopology, coreWarning: Message?, root: String = "/",
    spelling: @escaping @Sendable (_ setting: String) -> String = { "`\($0)`" }
  ) {
    self.usable = usable
    self.topology = topology
    self.coreWarning = coreWarning
    self.spelling = spelling
    var governors: [Int: String] = [:]
    for cpu in usable.cpus {
      // Virtual machines have no governors.
      governors[cpu] = SystemFile.textIfReadable(
        "/sys/devices/system/cpu/cpu\(cpu)/cpufreq/scaling_governor", root: root)
    }
    self.governors = governors
  }

  /// The number of physical cores among the usable CPUs.
  package var coreCount: Int { topology.usableCoreCount }

  /// The findings that are known before measurements.
  ///
  /// - Parameters:
  ///   - experiment: The planned experiment.
  ///   - pin: How workers are bound.
  ///   - unitRows: The rows that are never divided among workers.
  /// - Returns: The findings, in no particular order.
  package func findings(
    before experiment: ScalingExperiment, pin: WorkerPlacement, unitRows: Int
  ) -> [ScalingFinding] {
    var result = [
      ScalingFinding(.note, "\(counted(usable.count, "CPU")) usable: \(usable.reason)")
    ]
    let most = experiment.configurations.map(\.workers).max() ?? 1
    if let quota = usable.quota, Double(most) > quota {
      result.append(
        ScalingFinding(
          .warning,
          "a quota of \(quota) CPUs: more workers than that are stopped for part of the time"
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
        finding(
          .note,
          "\(topology.usableNodes.count) NUMA nodes, and workers may move from one to another: "
            + "\(setting: "pin") compact or \(setting: "pin") spread binds them"))
    }
    result += governorFindings
    if let coreWarning { result.append(finding(.warning, coreWarning)) }
    result += topology.guesses.map { ScalingFinding(.note, $0) }
    if most > usable.count {
      result.append(
        ScalingFinding(
          .warning,
          "points with more than \(counted(usable.count, "worker")) are oversubscribed: they "
            + "measure the scheduler too, and the fits leave them out"))
    }
    if experiment.repeats < Bootstrap.leastCount {
      result.append(
        finding(
          .warning,
          "\(counted(experiment.repeats, "repeat")): too few for intervals, so no "
            + "difference is shown; use \(setting: "repeats") 5 or more"))
    }
    return result + idleFindings(experiment, unitRows: unitRows)
  }

  private func finding(
    _ severity: ScalingFinding.Severity, _ text: Message
  ) -> ScalingFinding {
    ScalingFinding(severity, text.spelled(spelling))
  }

  private var governorFindings: [ScalingFinding] {
    if governors.isEmpty {
      return [
        ScalingFinding(
          .note, "no frequency governor found, as in most virtual machines: clocks are not checked")
      ]
    }
    let names = Set(governors.values).sorted()
    if names == ["performance"] {
      return [ScalingFinding(.note, "frequency governor: performance")]
    }
    return [
      ScalingFinding(
        .warning,
        "frequency governor: \(names.joined(separator: ", ")); clocks may change with the load; "
          + "`performance` keeps them steadier")
    ]
  }

  private func idleFindings(
    _ experiment: ScalingExperiment, unitRows: Int
  ) -> [ScalingFinding] {
    let batches = Dictionary(grouping: experiment.configurations, by: \.batchSize)
    return batches.sorted { $0.key < $1.key }.compactMap { batchSize, configurations in
      let idle = configurations.compactMap {
        IdleWorkers(
          batchSize: batchSize, unitRows: unitRows, ranks: $0.ranks, threads: $0.threads)
      }
      guard let most = idle.max(by: { $0.workerCount < $1.workerCount }) else { return nil }
      return finding(
        .warning,
        "a batch of \(batchSize) has work for \(most.busyCount) of \(most.workerCount) workers: "
          + "the others are idle in most of a step")
    }
  }

  /// The findings from the measurements themselves.
  ///
  /// - Parameter series: The measured series.
  /// - Returns: The findings, in no particular order.
  package func findings(after series: [ScalingSeries]) -> [ScalingFinding] {
    let points = series.flatMap(\.points)
    let measurements = points.flatMap(\.measurements)
    var result = interferenceFindings(measurements)
    for series in series {
      for (one, other) in zip(series.points, series.points.dropFirst())
      where one.samplesPerSecond.low != nil
        && one.samplesPerSecond.isIndistinguishable(from: other.samplesPerSecond)
      {
        result.append(
          ScalingFinding(
            .warning,
            "batch \(series.batchSize), shard \(series.shardSize): the intervals of "
              + "\(one.configuration.label) and \(other.configuration.label) overlap: no "
              + "difference is shown"))
      }
    }
    result.append(
      ScalingFinding(
        .note,
        measurements.count == 1
          ? "one measurement, so there are no weights digests to compare"
          : "weights digests agree in all \(measurements.count) measurements, whatever the number "
            + "of workers: one for each batch size"))
    return result
  }

  private func interferenceFindings(_ measurements: [TrainingMeasurement]) -> [ScalingFinding] {
    /// The largest value of each measurement, over probes and steps.
    func finding(
      _ figure: (Interference) -> Double?, _ words: (_ most: String, _ count: String) -> String
    ) -> ScalingFinding? {
      let figures = measurements.compactMap { $0.interferences.compactMap(figure).max() }
      let disturbed = figures.filter { $0 > Interference.tolerated }
      guard let most = disturbed.max() else { return nil }
      return ScalingFinding(
        .warning,
        words(
          FigureText.fixed(most, 2) + " CPUs",
          "\(disturbed.count) of \(counted(measurements.count, "measurement"))"))
    }
    var result = [
      finding(\.otherCPUs) { "other processes used up to \($0) during \($1)" },
      finding(\.stolenCPUs) {
        "the hypervisor took away up to \($0) for other guests during \($1)"
      },
    ].compactMap { $0 }
    let times = measurements.flatMap(\.interferences)
    let throttled = times.compactMap(\.throttledSeconds).reduce(0, +)
    if throttled > 0 {
      result.append(
        ScalingFinding(
          .warning,
          "the CPU quota stopped the workers for \(FigureText.fixed(throttled, 2)) s in total"))
    }
    if times.contains(where: { $0.otherCPUs == nil }) {
      result.append(
        ScalingFinding(.note, "the CPU use of other processes is unknown on this system"))
    }
    return result
  }
}
