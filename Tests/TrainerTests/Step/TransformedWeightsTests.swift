import Testing

@testable import Model
@testable import Parallel
@testable import Training

/// Steps with convolutions that use Winograd's filtering.
@Suite("Transformed weights")
struct TransformedWeightsTests {
  private static func setup() throws -> StepSetup {
    let architecture = try testArchitecture(
      model: "conv 16x3 bn relu, conv 17x3 valid bn relu, conv 16x3 bn")
    let network = Network(architecture, seed: 9)
    #expect(network.transformingLayers.count == 2)
    return StepSetup(
      try SyntheticImages(count: 40, side: 6), network: network, batchSize: 40, shardSize: 16)
  }

  /// Gives a model the weights of another.
  private static func copy(_ setup: StepSetup, to other: StepSetup) {
    for tensor in setup.state.tensors { other.state.set(tensor.entry.name, to: tensor.values) }
  }

  private static let samples = (0..<40).map { UInt32($0) }

  @Test("are those of the weights that a step starts with, whatever they were before")
  func steps() throws {
    let (one, other) = (try Self.setup(), try Self.setup())
    one.run(samples: Self.samples, use: .update(one.update(number: 1, rows: 40)))
    Self.copy(one, to: other)
    #expect(
      one.run(samples: Self.samples, use: .store)[0]
        == other.run(samples: Self.samples, use: .store)[0])
    #expect(
      one.state.gradients.elements.map(\.bitPattern)
        == other.state.gradients.elements.map(\.bitPattern))
  }

  @Test("are those of the present weights for estimated statistics and in evaluation")
  func statisticsAndEvaluation() throws {
    let (one, other) = (try Self.setup(), try Self.setup())
    let untrained = other.run(samples: Self.samples, use: .store)[0]
    // The second step transforms other weights than the first.
    for number in 1...2 {
      one.run(samples: Self.samples, use: .update(one.update(number: number, rows: 40)))
    }
    Self.copy(other, to: one)
    for setup in [one, other] {
      let order = AlignedBuffer<UInt32>(count: 40)
      _ = order.elements.update(fromContentsOf: Self.samples)
      let batch = Batch(
        source: setup.images.source, samples: order.pointer, rowCount: 40, epoch: 1)
      let step = setup.step
      step.parametersChanged()
      step.team.run { step.updateStatistics(worker: $0, batch: batch, weight: 1) }
      withExtendedLifetime(order) {}
    }
    #expect(
      one.state.statistics.elements.map(\.bitPattern)
        == other.state.statistics.elements.map(\.bitPattern))
    let results = [one, other].map {
      Evaluator(step: $0.step, source: $0.images.source, sampleCount: 40).evaluate()
    }
    #expect(results[0] == results[1])
    #expect(one.run(samples: Self.samples, use: .store)[0] == untrained)
  }
}
