import Files
import Foundation
import TestSupport
import Testing

@testable import Parallel
@testable import Scaling

@Suite("The conditions of an experiment")
struct MeasurementConditionsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func conditions(
    topology: CPUTopology? = nil, governors: [String] = [], coreWarning: Message? = nil
  ) throws -> MeasurementConditions {
    let usable = UsableCPUs.current()
    for (cpu, name) in zip(usable.cpus, governors) {
      try folder.write(
        Array("\(name)\n".utf8), to: "sys/devices/system/cpu/cpu\(cpu)/cpufreq/scaling_governor")
    }
    let cpus = usable.cpus.map {
      CPUTopology.CPU(number: $0, core: $0, cache: 0, node: 0, package: 0)
    }
    return MeasurementConditions(
      usable: usable, topology: topology ?? CPUTopology(cpus: cpus), coreWarning: coreWarning,
      root: folder.url.path())
  }

  private func experiment(
    threads: [Int] = [1], batchSize: Int = 512, repeats: Int = 5
  ) throws -> ScalingExperiment {
    try ScalingExperiment(
      mode: .strong, threads: threads, batchSizes: [batchSize], shardSizes: [64],
      repeats: repeats)
  }

  private func texts(
    _ findings: [ScalingFinding], _ severity: ScalingFinding.Severity
  ) -> [String] {
    findings.filter { $0.severity == severity }.map(\.text)
  }

  @Test("that are good give no warning")
  func quiet() throws {
    let conditions = try conditions(governors: UsableCPUs.current().cpus.map { _ in "performance" })
    let findings = conditions.findings(before: try experiment(), pin: .none, unitRows: 8)
    #expect(texts(findings, .warning).isEmpty)
    #expect(texts(findings, .note).contains("frequency governor: performance"))
    #expect(texts(findings, .note).contains { $0.contains("usable") })
  }

  @Test("are reported if clocks may change, or if that is unknown")
  func governors() throws {
    let none = try conditions().findings(before: try experiment(), pin: .none, unitRows: 8)
    #expect(texts(none, .note).contains { $0.hasPrefix("no frequency governor found") })
    let slow = try conditions(governors: ["powersave"]).findings(
      before: try experiment(), pin: .none, unitRows: 8)
    #expect(texts(slow, .warning).contains { $0.hasPrefix("frequency governor: powersave;") })
  }

  @Test("are reported if there are too many workers for the CPUs or shards, or too few repeats")
  func counts() throws {
    let most = UsableCPUs.current().count + 9
    let findings = try conditions(coreWarning: "an old core").findings(
      before: try experiment(threads: [1, most], batchSize: 16, repeats: 2), pin: .none, unitRows: 8
    )
    let warnings = texts(findings, .warning)
    #expect(warnings.contains { $0.contains("are oversubscribed") })
    #expect(
      warnings.contains {
        $0.hasPrefix("a batch of 16 has work for 2 of \(most) workers")
      })
    #expect(warnings.contains { $0.hasPrefix("2 repeats: too few for intervals") })
    #expect(warnings.contains("an old core"))
  }

  @Test("are reported if workers have no work")
  func idle() throws {
    func warning(_ experiment: ScalingExperiment, unitRows: Int = 8) throws -> String? {
      texts(
        try conditions().findings(before: experiment, pin: .none, unitRows: unitRows), .warning
      ).first { $0.contains("has work for") }
    }
    #expect(try warning(experiment(threads: [1, 8, 64])) == nil)
    #expect(
      try warning(experiment(threads: [1, 8, 65]))
        == "a batch of 512 has work for 64 of 65 workers: the others are idle in most of a step"
    )
    #expect(
      try warning(experiment(threads: [1, 9]), unitRows: 64)?.contains("for 8 of 9 workers") == true
    )
  }

  @Test("include SMT siblings and NUMA nodes")
  func topology() throws {
    let cpus = UsableCPUs.current().cpus + [100, 101]
    let topology = CPUTopology(
      cpus: cpus.enumerated().map { place, number in
        .init(number: number, core: cpus[place / 2 * 2], cache: 0, node: place % 2, package: 0)
      }, guesses: ["/sys/x: no such file"])
    let conditions = try conditions(topology: topology)
    #expect(conditions.coreCount < cpus.count)
    let free = texts(conditions.findings(before: try experiment(), pin: .none, unitRows: 8), .note)
    #expect(free.contains { $0.contains("2 NUMA nodes") })
    #expect(free.contains("/sys/x: no such file"))
    let bound = texts(
      conditions.findings(before: try experiment(), pin: .compact, unitRows: 8), .note)
    #expect(!bound.contains { $0.contains("NUMA") })
  }

  @Test("include CPU use by others, and points without a shown difference")
  func after() throws {
    let result = try experiment(threads: [1, 2], repeats: 3).run { configuration, number in
      var measurement = TrainingMeasurement.example(configuration)
      measurement.seconds = 1 + 0.1 * Double(number % 3)
      if number == 2 { measurement.interference.otherCPUs = 0.5 }
      measurement.interference.throttledSeconds = 0.25
      return measurement
    }
    let series = ScalingSeries.series(of: result, mode: .strong, usableCount: 2, coreCount: 2)
    let findings = try conditions().findings(after: series)
    let warnings = texts(findings, .warning)
    #expect(
      warnings.contains("other processes used up to 0.50 CPUs during 1 of 6 measurements"))
    #expect(warnings.contains("the CPU quota stopped the workers for 1.50 s in total"))
    #expect(
      warnings.contains {
        $0.contains("the intervals of 1 thread and 2 threads overlap: no difference is shown")
      })
    #expect(!warnings.contains { $0.contains("hypervisor") })
    #expect(texts(findings, .note).contains { $0.hasPrefix("weights digests agree in all 6") })
  }

  @Test("include CPU use during probes, and a single measurement has nothing to compare with")
  func probes() throws {
    let result = try experiment(repeats: 1).run { configuration, _ in
      var measurement = TrainingMeasurement.example(configuration)
      measurement.probeInterference = Interference(ownCPUs: 1, otherCPUs: 0.7, stolenCPUs: 0.2)
      return measurement
    }
    let series = ScalingSeries.series(of: result, mode: .strong, usableCount: 2, coreCount: 2)
    let findings = try conditions().findings(after: series)
    #expect(
      texts(findings, .warning) == [
        "other processes used up to 0.70 CPUs during 1 of 1 measurement",
        "the hypervisor took away up to 0.20 CPUs for other guests during 1 of 1 measurement",
      ])
    #expect(texts(findings, .note).contains { $0.hasPrefix("one measurement, ") })
  }
}
