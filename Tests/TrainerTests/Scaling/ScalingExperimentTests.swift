import Testing

@testable import Scaling
@testable import Training

@Suite("A scaling experiment")
struct ScalingExperimentTests {
  private func experiment(repeats: Int = 6) throws -> ScalingExperiment {
    try ScalingExperiment(
      mode: .strong, threads: [1, 2, 4], batchSizes: [128, 512], shardSizes: [64],
      repeats: repeats)
  }

  @Test("measures every configuration once per round, in different orders")
  func rounds() throws {
    let experiment = try self.experiment()
    let orders = (0..<6).map(experiment.order)
    for order in orders {
      #expect(Set(order) == Set(experiment.configurations))
      #expect(order.count == 6)
    }
    #expect(Set(orders).count > 3)
    var numbers: [Int] = []
    let result = try experiment.run { configuration, number in
      numbers.append(number)
      return TrainingMeasurement.example(configuration)
    }
    #expect(numbers == Array(1...36))
    #expect(result.count == 6)
    #expect(result.values.allSatisfy { $0.count == 6 })
  }

  @Test("multiplies the batch by the workers in weak scaling")
  func weak() throws {
    let experiment = try ScalingExperiment(
      mode: .weak, threads: [1, 3], batchSizes: [100], shardSizes: [32, 64], repeats: 1)
    #expect(experiment.configurations.map(\.batchSize) == [100, 300, 100, 300])
    #expect(throws: TrainerError.self) {
      try ScalingExperiment(
        mode: .weak, threads: [4], batchSizes: [.max / 2], shardSizes: [64], repeats: 1)
    }
  }

  @Test("stops if two thread counts end with different models, and names them")
  func digests() throws {
    let error = #expect(throws: TrainerError.self) {
      try experiment().run { configuration, _ in
        var measurement = TrainingMeasurement.example(configuration)
        if configuration.threads == 4 { measurement.digest = "ffff" }
        return measurement
      }
    }
    #expect(error?.code == .failed)
    #expect(error?.description.contains("results differ") == true)
    #expect(
      error?.description.contains("1 x 4 ranks x threads in shards of 64 end with ffff") == true)
  }

  @Test("compares models of the same batch size only")
  func differentBatches() throws {
    _ = try experiment().run { configuration, _ in
      var measurement = TrainingMeasurement.example(configuration)
      measurement.digest = "\(configuration.batchSize)"
      return measurement
    }
  }

  @Test("has series with one point per number of workers")
  func series() throws {
    let result = try experiment(repeats: 3).run { configuration, number in
      // Twice as fast with two workers; no faster with four.
      var measurement = TrainingMeasurement.example(configuration)
      let factor = configuration.threads == 1 ? 1.0 : 2.0
      measurement.seconds = (1 + 0.01 * Double(number % 3)) / factor
      return measurement
    }
    let series = ScalingSeries.series(of: result, mode: .strong, usableCount: 2, coreCount: 2)
    #expect(series.map(\.batchSize) == [128, 512])
    let points = series[1].points
    #expect(points.map(\.configuration.threads) == [1, 2, 4])
    #expect(points.map(\.isOversubscribed) == [false, false, true])
    #expect(points[0].speedup == Estimate(median: 1))
    #expect(abs(points[1].speedup.median - 2) < 0.05)
    #expect(abs(points[2].efficiency.median - 0.5) < 0.02)
    #expect(points[0].serialFraction == nil)
    #expect(abs((points[2].serialFraction?.median ?? 0) - 1 / 3.0) < 0.02)
    // Two points with a core for each worker are too few for a law.
    #expect(series[1].amdahl == nil && series[1].universal == nil)
    let many = ScalingSeries.series(of: result, mode: .strong, usableCount: 8, coreCount: 8)
    #expect(many[1].amdahl != nil)
    let siblings = ScalingSeries.series(of: result, mode: .strong, usableCount: 4, coreCount: 2)
    #expect(siblings[1].points.map(\.sharesCores) == [false, false, true])
    #expect(siblings[1].amdahl == nil)
  }

  @Test("groups series by the batch per worker in weak scaling, without a serial fraction")
  func weakSeries() throws {
    let experiment = try ScalingExperiment(
      mode: .weak, threads: [1, 2, 4], batchSizes: [128], shardSizes: [64], repeats: 3)
    let result = try experiment.run { configuration, _ in
      var measurement = TrainingMeasurement.example(configuration)
      measurement.samples = configuration.batchSize * 10
      measurement.digest = "\(configuration.batchSize)"
      return measurement
    }
    let series = ScalingSeries.series(of: result, mode: .weak, usableCount: 4, coreCount: 4)
    #expect(series.count == 1)
    #expect(series[0].batchSize == 128)
    #expect(series[0].points.map(\.efficiency.median) == [1, 1, 1])
    #expect(series[0].points.allSatisfy { $0.serialFraction == nil })
    #expect(series[0].amdahl == nil)
  }

  @Test("accepts 1 to 1000 repeats", arguments: [0, -1, 1001])
  func repeats(_ count: Int) {
    #expect(throws: TrainerError.self) { try experiment(repeats: count) }
  }
}
