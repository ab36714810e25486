import Foundation

@testable import Machine
@testable import Model
@testable import Parallel
@testable import Scaling
@testable import Training

/// A scaling experiment on no real machine, for tests to change.
struct ScalingSample {
  var mode = ScalingMode.strong
  var threads = [1, 2, 4]
  /// CPUs, two on each core.
  var cpus = 4
  var batches = [512]
  var shardSize = 64
  var repeats = 5
  /// How far the repeats' least and greatest rates are from the median.
  var spread = 0.01
  /// The rate of one worker, samples a second.
  var rate = 50_000.0
  /// Amdahl's serial fraction.
  var serialFraction = 0.1
  var hasFits = false
  var findings: [ScalingFinding] = []
  /// Cores of machines that are predicted; nil for no simulation.
  var predictedCores: [Int]?

  static let digest = String(repeating: "0123456789abcdef", count: 4)

  func result() throws -> ScalingResult {
    var machine = machine(core: "SkylakeX")
    machine.hostname = "node1"
    machine.system = "Debian GNU/Linux 12 (bookworm)"
    machine.cpu = "Example 9000"
    machine.isa = "x86-64-v4"
    (machine.cores, machine.onlineCores, machine.coresReason) = (cpus, cpus, "affinity mask")
    let series = batches.map(series)
    return ScalingResult(
      created: "2026-11-23T04:00:00Z", command: ["trainer", "scale", "--threads", "1,2"],
      plan: ScalingPlan(
        mode: mode, repeats: repeats, seconds: 10, steps: nil, pin: .none,
        settings: [
          "model": .text("dense 512 relu, dense 256 relu"), "seed": .integer(0),
          "label-smoothing": .number(0.25), "stratify": .flag(false),
        ]),
      dataset: try Self.dataset(), parameters: 535_818, machine: machine, topology: topology,
      findings: findings, series: series, simulation: try simulation(series))
  }

  private static func dataset() throws -> DatasetRecord {
    let text = """
      {"name":"mnist","directory":"/data/mnist","training":60000,"test":10000,"rows":28,\
      "columns":28,"classes":10,"sha256":{"train-images-idx3-ubyte":"\(digest)"}}
      """
    return try JSONDecoder().decode(DatasetRecord.self, from: Data(text.utf8))
  }

  private var topology: CPUTopology {
    CPUTopology(
      cpus: (0..<cpus).map {
        CPUTopology.CPU(
          number: $0, core: $0 / 2 * 2, cache: 0, node: 0, package: 0, isUsable: true)
      }, guesses: [])
  }

  private func series(_ batchSize: Int) -> ScalingSeries {
    var series = ScalingSeries(
      batchSize: batchSize, shardSize: shardSize, points: threads.map { point($0, batchSize) })
    if hasFits {
      let residuals = Dictionary(
        uniqueKeysWithValues: threads.enumerated().map { ($1, 0.01 * Double($0) - 0.01) })
      series.amdahl = AmdahlFit(
        serialFraction: serialFraction, limit: 1 / serialFraction, residuals: residuals)
      series.universal = UniversalScalabilityFit(
        rate: rate, contention: serialFraction, coherency: 0.001, bestWorkers: 30,
        residuals: residuals)
    }
    return series
  }

  private func speedup(_ workers: Int) -> Double {
    let count = Double(min(workers, cpus))
    return 1 / (serialFraction + (1 - serialFraction) / count) * (workers > cpus ? 0.95 : 1)
      * (mode == .weak ? 1.1 : 1)
  }

  private func estimate(_ median: Double) -> Estimate {
    repeats < 3
      ? Estimate(median: median)
      : Estimate(median: median, low: median * (1 - spread), high: median * (1 + spread))
  }

  private func point(_ workers: Int, _ batchSize: Int) -> ScalingPoint {
    let configuration = MeasuredConfiguration(
      threads: workers, batchSize: mode == .weak ? batchSize * workers : batchSize,
      shardSize: shardSize)
    let speedup = workers == threads[0] ? 1 : speedup(workers) / speedup(threads[0])
    let growth = Double(workers) / Double(threads[0])
    let measurements = (0..<repeats).map { round in
      let place = repeats == 1 ? 0 : 2 * Double(round) / Double(repeats - 1) - 1
      return measurement(configuration, rate: rate * speedup * (1 + spread * place))
    }
    var point = ScalingPoint(
      configuration: configuration, isOversubscribed: workers > cpus,
      sharesCores: workers > cpus / 2,
      samplesPerSecond: estimate(rate * speedup), speedup: estimate(speedup),
      efficiency: estimate(speedup / growth), peakShare: estimate(0.6 * speedup / growth),
      stages: measurements[0].stages, digest: Self.digest, measurements: measurements)
    if workers > 1, threads[0] == 1, mode == .strong {
      point.serialFraction = estimate((1 / speedup - 1 / growth) / (1 - 1 / growth))
    }
    return point
  }

  private func measurement(
    _ configuration: MeasuredConfiguration, rate: Double
  ) -> TrainingMeasurement {
    let workers = Double(configuration.workers)
    let step = Double(configuration.batchSize) / rate * workers
    let shares: [StageKind: Double] = [
      .gather: 0.02, .forward: 0.34, .merge: 0.03, .backward: 0.28, .update: 0.2, .exchange: 0,
      .other: 0.01,
    ]
    var seconds = shares.mapValues { $0 * step / (1 + 0.1 * (workers - 1)) }
    seconds[.wait] = step - seconds.values.reduce(0, +)
    return TrainingMeasurement(
      configuration: configuration, pin: .none, warmUpSteps: 20, steps: 1_000,
      samples: 1_000 * configuration.batchSize,
      seconds: 1_000 * Double(configuration.batchSize) / rate, digestStep: 100,
      digest: Self.digest, flopsPerSample: 2_407_424,
      stages: StageTimes(steps: 50, seconds: seconds),
      probe: MachineProbe(
        peakGigaflops: 200 * workers, barrierSeconds: 1e-6, memoryBandwidth: 2e10,
        lineTransferSeconds: workers > 1 ? 8e-9 : nil),
      interference: Interference(ownCPUs: workers, otherCPUs: 0.02))
  }

  private func simulation(_ series: [ScalingSeries]) throws -> ScalingSimulation? {
    guard let predictedCores else { return nil }
    let machine = try MachineConstants(
      probes: [
        1: MachineProbe(peakGigaflops: 200, barrierSeconds: 1e-7, memoryBandwidth: 2e10),
        2: MachineProbe(
          peakGigaflops: 390, barrierSeconds: 1e-6, memoryBandwidth: 3e10,
          lineTransferSeconds: 8e-9),
      ], cores: cpus, cacheBytes: 1 << 25)
    let products = NetworkProbe.Products(
      forward: 4e-6, inputGradients: 3e-6, weightGradients: 4e-6)
    return ScalingSimulation(
      validations: series.flatMap { series in
        series.points.dropFirst().map {
          .init(
            configuration: $0.configuration, measured: $0.samplesPerSecond.median,
            predicted: $0.samplesPerSecond.median * 1.02)
        }
      }, predictions: series.flatMap { predictions($0, cores: predictedCores) }, machine: machine,
      network: NetworkProbe(products: [shardSize: products], optimizerSeconds: 8e-5),
      link: try NetworkLink(gigabitsPerSecond: 100, latencyMicroseconds: 2))
  }

  private func predictions(
    _ series: ScalingSeries, cores: [Int]
  ) -> [ScalingSimulation.Prediction] {
    [1, 4].flatMap { machines in
      cores.map { cores in
        let workers = Double(machines * cores)
        let rate = rate * workers / (1 + 0.02 * workers)
        return ScalingSimulation.Prediction(
          machines: machines, cores: cores, batchSize: series.batchSize, shardSize: shardSize,
          samplesPerSecond: rate,
          seconds: ["forward": 0.7 * 512 / rate, "barriers": 0.3 * 512 / rate])
      }
    }
  }
}
