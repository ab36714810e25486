import Foundation
import Testing

@testable import Model
@testable import Scaling
@testable import Training

@Suite("A simulation")
struct ScalingSimulationTests {
  private func simulate(
    _ setup: ModelSetup, _ points: [ScalingPoint], mode: ScalingMode = .strong,
    targets: [ScalingSimulation.Target] = [], link: NetworkLink? = nil
  ) throws -> ScalingSimulation {
    try ScalingSimulation(
      series: [setup.series(points)], mode: mode, targets: targets, network: ModelSetup.network,
      optimizer: .adam, probe: setup.probe, machine: try setup.machine(), link: link)
  }

  private func expectError(
    _ code: TrainerError.Code, naming text: String, _ body: () throws -> Void
  ) {
    let error = #expect(throws: TrainerError.self) { try body() }
    #expect(error?.code == code)
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
  }

  @Test("predicts every measured point except the first, from the first alone")
  func validations() throws {
    let setup = ModelSetup()
    let simulation = try simulate(
      setup, [setup.point(), setup.point(threads: 2, rate: 80), setup.point(threads: 3, rate: 1)])
    #expect(simulation.validations.map(\.configuration.threads) == [2, 3])
    #expect(simulation.validations[0].measured == 80)
    #expect(abs(simulation.validations[0].predicted - 102.4) < 1e-6)
    #expect(abs(simulation.validations[0].error - 0.28) < 1e-6)
    // Three workers on two cores are no faster than two.
    #expect(abs(simulation.validations[1].predicted - 102.4) < 1e-6)
  }

  @Test("knows that shards get smaller with the workers, and what that costs")
  func shardSizes() throws {
    func rate(_ small: Double) throws -> [Double] {
      var setup = ModelSetup()
      func products(_ seconds: Double) -> NetworkProbe.Products {
        .init(forward: seconds, inputGradients: seconds, weightGradients: seconds)
      }
      setup.products = [8: products(small), 64: products(0.01)]
      let predictions = try simulate(
        setup, [setup.point()], targets: try [2, 64].map { try .init(cores: $0) }
      ).predictions
      for prediction in predictions {
        #expect(isNear(prediction.samplesPerSecond, 512 / prediction.seconds.values.reduce(0, +)))
        #expect(Set(prediction.seconds.keys) == Set(CostModel.Part.allCases.map(\.rawValue)))
      }
      return predictions.map(\.samplesPerSecond)
    }
    let (same, slow) = (try rate(0.01), try rate(0.02))
    #expect(same[0] == slow[0])
    #expect(same[1] > slow[1])
  }

  @Test("has predictions for smaller machines, so that a chart shows a curve")
  func between() throws {
    let setup = ModelSetup()
    let simulation = try simulate(
      setup, [setup.point(), setup.point(threads: 2, rate: 100)],
      targets: try [64, 16].map { try ScalingSimulation.Target(cores: $0) })
    let between = try #require(simulation.between)
    // One and two workers were measured.
    #expect(between.map(\.cores) == [4, 8, 32])
    #expect(between.allSatisfy { $0.machines == 1 && $0.batchSize == 512 })
    let eight = try simulate(
      setup, [setup.point()], targets: [try .init(cores: 8)]
    ).predictions[0]
    #expect(between.first { $0.cores == 8 }?.seconds == eight.seconds)
    #expect(try simulate(setup, [setup.point()], targets: [try .init(cores: 1)]).between == nil)
  }

  @Test("multiplies the batch by all workers in weak scaling")
  func weak() throws {
    let setup = ModelSetup()
    let link = try NetworkLink(gigabitsPerSecond: 100, latencyMicroseconds: 2)
    let simulation = try simulate(
      setup, [setup.point(), setup.point(threads: 2, batchSize: 1_024, rate: 100)], mode: .weak,
      targets: [try .init(machines: 2, cores: 4)], link: link)
    #expect(simulation.predictions.map(\.batchSize) == [512 * 8])
    // The optimizer's second is divided by two workers, all else stays: 1 / 2 + 9.
    #expect(abs(simulation.validations[0].predicted - 1_024 / 9.5) < 1e-6)
  }

  @Test("is read back from JSON as it was written")
  func coding() throws {
    var setup = ModelSetup()
    setup.products = [64: .init(forward: 1, inputGradients: 2, weightGradients: 3)]
    let link = try NetworkLink(gigabitsPerSecond: 10, latencyMicroseconds: 5)
    let simulation = try simulate(
      setup, [setup.point(), setup.point(threads: 2)],
      targets: [try .init(machines: 3, cores: 4)], link: link)
    let data = try JSONEncoder().encode(simulation)
    #expect(try JSONDecoder().decode(ScalingSimulation.self, from: data) == simulation)
  }

  @Test("needs a first point of one worker, with a time above 0")
  func firstPoint() throws {
    let setup = ModelSetup()
    expectError(.usage, naming: "has 2") { _ = try simulate(setup, [setup.point(threads: 2)]) }
    expectError(.badData, naming: "0.0 samples/s") {
      _ = try simulate(setup, [setup.point(rate: 0)])
    }
  }

  @Test("refuses measurements that give no finite prediction")
  func infinite() throws {
    var setup = ModelSetup()
    setup.lineTransferSeconds = 1e308
    expectError(.badData, naming: "for 2 threads, batch 512, shard 64: found 0.0 samples/s") {
      _ = try simulate(setup, [setup.point(), setup.point(threads: 2)])
    }
    expectError(.badData, naming: "no finite prediction for 1 machine of 4 cores: found 0.0") {
      _ = try simulate(setup, [setup.point()], targets: [try .init(cores: 4)])
    }
  }

  @Test("needs a link between machines, and barriers measured between cores")
  func inputs() throws {
    let setup = ModelSetup()
    expectError(.usage, naming: "`link-bandwidth`") {
      _ = try simulate(setup, [setup.point()], targets: [try .init(machines: 2, cores: 2)])
    }
    var single = ModelSetup()
    single.cores = 1
    expectError(.usage, naming: "`threads`") {
      _ = try simulate(single, [single.point()], targets: [try .init(cores: 8)])
    }
    #expect(
      try simulate(single, [single.point()], targets: [try .init(cores: 1)]).predictions.count == 1)
  }

  @Test("accepts only possible machines and links")
  func ranges() throws {
    for cores in [0, -1, 241] {
      expectError(.usage, naming: "\(cores) cores") {
        _ = try ScalingSimulation.Target(cores: cores)
      }
    }
    for machines in [0, 4_097] {
      expectError(.usage, naming: "\(machines) machines") {
        _ = try ScalingSimulation.Target(machines: machines, cores: 1)
      }
    }
    for bandwidth in [0, -1, Double.nan, 1e300] {
      expectError(.usage, naming: "`link-bandwidth`") {
        _ = try NetworkLink(gigabitsPerSecond: bandwidth, latencyMicroseconds: 1)
      }
    }
    for latency in [-1, Double.nan, .infinity] {
      expectError(.usage, naming: "`link-latency`") {
        _ = try NetworkLink(gigabitsPerSecond: 1, latencyMicroseconds: latency)
      }
    }
  }
}
