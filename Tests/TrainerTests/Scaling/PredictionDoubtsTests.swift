import Testing

@testable import Model
@testable import Scaling

@Suite("A reason to doubt a prediction")
struct PredictionDoubtsTests {
  /// Points of one and two threads, and more, with probes as given.
  private func series(
    _ setup: ModelSetup, barriers: [Int: [Double]],
    change: (inout TrainingMeasurement, _ round: Int) -> Void = { _, _ in }
  ) -> ScalingSeries {
    let rate = Double(setup.batchSize) / setup.stages.values.reduce(0, +)
    return setup.series(
      barriers.sorted { $0.key < $1.key }.map { threads, barriers in
        var point = setup.point(threads: threads, rate: rate * Double(min(threads, setup.cores)))
        point.measurements = barriers.enumerated().map { round, seconds in
          var measurement = TrainingMeasurement.example(point.configuration)
          measurement.probe = MachineProbe(
            peakGigaflops: 100 * Double(min(threads, setup.cores)), barrierSeconds: seconds,
            memoryBandwidth: 1e30, lineTransferSeconds: threads > 1 ? 0 : nil)
          change(&measurement, round)
          return measurement
        }
        return point
      })
  }

  private func simulation(
    _ series: ScalingSeries, setup: ModelSetup = ModelSetup(), cores: [Int] = [1, 64]
  ) throws -> ScalingSimulation {
    try ScalingSimulation(
      series: [series], mode: .strong, targets: try cores.map { try .init(cores: $0) },
      network: ModelSetup.network, optimizer: .adam, probe: setup.probe,
      machine: try MachineConstants(series: [series], cores: setup.cores, cacheBytes: 1 << 40),
      link: nil)
  }

  /// A step of ten milliseconds: there a barrier of 64 threads of hundreds of microseconds counts.
  private var fast: ModelSetup {
    var setup = ModelSetup()
    setup.stages = setup.stages.mapValues { $0 * 1e-3 }
    setup.optimizerSeconds = 1e-3
    return setup
  }

  private static let quiet = [1: [5e-9, 5e-9, 5e-9], 2: [2e-7, 2e-7, 2e-7]]

  @Test("is absent without disturbances")
  func quiet() throws {
    let simulation = try simulation(series(ModelSetup(), barriers: Self.quiet))
    #expect(simulation.doubts.isEmpty && simulation.doubtSentence == nil)
    #expect(simulation.predictions.allSatisfy { $0.doubts == nil })
    #expect(simulation.validations.allSatisfy { $0.doubts == nil })
  }

  @Test("is absent if at least one process had undisturbed barriers")
  func disturbedBarriers() throws {
    let quiet = try simulation(series(fast, barriers: Self.quiet), setup: fast)
    let disturbed = try simulation(
      series(fast, barriers: [1: [5e-9, 5e-9, 5e-9], 2: [1.3e-4, 2e-7, 1.3e-4]]), setup: fast)
    for (one, other) in zip(disturbed.predictions, quiet.predictions) {
      #expect(isNear(one.samplesPerSecond, other.samplesPerSecond))
    }
    // What 130 us would have made of it.
    let always = try simulation(
      series(fast, barriers: [1: [5e-9], 2: [1.3e-4, 1.3e-4, 1.3e-4]]), setup: fast)
    #expect(always.predictions[1].samplesPerSecond * 10 < quiet.predictions[1].samplesPerSecond)
  }

  @Test("is a barrier that is faster with a larger team; the faster time counts")
  func contradiction() throws {
    let barriers = [1: [5e-9], 2: [1.3e-4], 4: [4e-6]]
    let series = series(fast, barriers: barriers)
    let machine = try MachineConstants(series: [series], cores: 2, cacheBytes: 0)
    #expect(machine.barrierSeconds(workers: 2) == 4e-6)
    #expect(isNear(machine.barrierSeconds(workers: 64), 5e-9 + 63 * (4e-6 - 5e-9)))
    let simulation = try simulation(series, setup: fast)
    let reason = "a barrier took 130.0 us with 2 threads, but 4.0 us with 4 threads"
    #expect(simulation.predictions.map(\.doubts) == [nil, [reason]])
    #expect(simulation.between?.allSatisfy { $0.doubts == [reason] } == true)
    #expect(simulation.validations.map(\.doubts) == [[reason], [reason]])
    #expect(simulation.doubtSentence == "unreliable: \(reason).")
  }

  @Test("is not a larger team that is slightly faster")
  func noise() throws {
    let simulation = try simulation(
      series(ModelSetup(), barriers: [1: [5e-9], 2: [2e-7], 4: [1.5e-7]]))
    #expect(simulation.doubts.isEmpty)
  }

  @Test("is CPU use by others during most probes or steps of a team", arguments: [true, false])
  func interference(inProbes: Bool) throws {
    func doubts(rounds: Int, threads: Int) throws -> [[String]?] {
      let series = series(ModelSetup(), barriers: Self.quiet) { measurement, round in
        guard measurement.configuration.threads == threads, round < rounds else { return }
        let busy = Interference(ownCPUs: 2, otherCPUs: 1.28)
        if inProbes {
          measurement.probeInterference = busy
        } else {
          measurement.interference = busy
        }
      }
      return try simulation(series).predictions.map(\.doubts)
    }
    #expect(try doubts(rounds: 1, threads: 2) == [nil, nil])
    #expect(
      try doubts(rounds: 2, threads: 2) == [
        nil, ["others used up to 1.28 CPUs during 2 of 3 measurements with 2 threads"],
      ])
    let one = ["others used up to 1.28 CPUs during 3 of 3 measurements with 1 thread"]
    #expect(try doubts(rounds: 3, threads: 1) == [one, one])
  }

  @Test("is CPU use by other guests, or a CPU quota, each with its own text")
  func otherInterference() throws {
    let series = series(ModelSetup(), barriers: Self.quiet) { measurement, _ in
      measurement.interference.stolenCPUs = 0.3
      measurement.interference.throttledSeconds = 0.1
    }
    #expect(
      try simulation(series, cores: [64]).doubts == [
        "others used up to 0.30 CPUs during 6 of 6 measurements with 1 and 2 threads",
        "the CPU quota stopped the workers during 6 of 6 measurements with 1 and 2 threads",
      ])
  }

  @Test("is a large error at a measured point, unless there are more workers than CPUs")
  func missed() throws {
    let setup = ModelSetup()
    func doubts(_ threads: Int, rate: Double) throws -> [String]? {
      let series = setup.series([setup.point(), setup.point(threads: threads, rate: rate)])
      return try ScalingSimulation(
        series: [series], mode: .strong, targets: [try .init(cores: 64)],
        network: ModelSetup.network, optimizer: .adam, probe: setup.probe,
        machine: try setup.machine(), link: nil
      ).predictions[0].doubts
    }
    // 102.4 are predicted of two threads.
    #expect(try doubts(2, rate: 100) == nil)
    #expect(try doubts(2, rate: 64) == ["the model is off by +60.0 % at 2 threads"])
    #expect(try doubts(3, rate: 1) == nil)
  }

  @Test("names the batch and the shard of the point if there are several series")
  func missedInSeveralSeries() throws {
    let large = ModelSetup()
    var small = ModelSetup()
    small.batchSize = 256
    let series = [large, small].map { setup in
      // A second thread gains nothing.
      let rate = setup.point().samplesPerSecond.median
      return setup.series([setup.point(), setup.point(threads: 2, rate: rate)])
    }
    let doubts = try ScalingSimulation(
      series: series, mode: .strong, targets: [try .init(cores: 64)],
      network: ModelSetup.network, optimizer: .adam, probe: large.probe,
      machine: try large.machine(), link: nil
    ).doubts
    try #require(doubts.count == 2)
    #expect(doubts[0].hasSuffix(" at 2 threads, batch 512, shard 64"), "\(doubts)")
    #expect(doubts[1].hasSuffix(" at 2 threads, batch 256, shard 64"), "\(doubts)")
  }
}
