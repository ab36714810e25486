import TestSupport
import Testing

@testable import Model
@testable import Parallel
@testable import Runs
@testable import Training

@Suite("The memory of training, counted before it is allocated,")
struct TrainingMemoryTests {
  private static func network(_ engine: Engine = .native) -> Network {
    Network(
      Architecture(input: Shape(28, 28, 1), Perceptron(hidden: [300, 100]), classCount: 10),
      seed: 1, engine: engine)
  }

  private static func configuration(batchSize: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.batchSize = batchSize
    return configuration
  }

  @Test("has each worker's sums of the largest tile of gradients", arguments: Engine.allCases)
  func tiles(engine: Engine) {
    let network = Self.network(engine)
    let largest = TileSchedule.tiles(of: network).map(\.tile.count).max() ?? 0
    // 8 blocks need 4 partial sums at a time. Layers of this network need no other memory of a
    // worker.
    let memory = TrainingMemory(network, Self.configuration(batchSize: 512))
    #expect(memory.floatsPerThread == 4 * paddedCount(largest))
    #expect(memory.exchangedFloats == 0)
  }

  @Test(
    "has what ranks exchange, as the rank allocates it that needs the least",
    arguments: [2, 3, 5], [50, 512, 700])
  func exchange(ranks: Int, batchSize: Int) {
    let counts = ThreadCommunicator.onRanks(ranks) { communicator in
      let network = Self.network()
      let state = ModelState(
        network: network, seed: 3, optimizerStateCount: 2,
        ownedParameters: ParameterShares(network, rankCount: ranks).range(of: communicator.rank))
      let tiles = TileSchedule.tiles(of: network)
      let exchange = GradientExchange(
        state, tiles: tiles, mergedEntries: TileSchedule.mergedEntries(of: network, tiles: tiles),
        blockCapacity: LeafPlan(rowCount: batchSize).blockCount, communicator: communicator)
      let isShared = exchange.outgoing.pointer == state.gradients.pointer
      return (isShared ? 0 : exchange.outgoing.count) + exchange.incoming.count
    }
    let memory = TrainingMemory(
      Self.network(), Self.configuration(batchSize: batchSize), rankCount: ranks)
    #expect(memory.exchangedFloats == counts.min())
  }

  @Test("has a checkpoint of the parameters and all moments", arguments: OptimizerKind.allCases)
  func checkpoint(kind: OptimizerKind) throws {
    for average in [nil, 0.99] as [Double?] {
      let run = try TrainingRunTests.run {
        $0.model = Perceptron(hidden: [800]).model
        $0.optimizer = Optimizer(kind)
        $0.emaDecay = average
      }
      let folder = try TemporaryFolder()
      try Checkpoint(of: run, identity: testIdentity(run)).write(path: folder.path("checkpoint"))
      let written = Double(try folder.bytes("checkpoint").count)
      let counted = TrainingMemory(run.state.network, run.configuration, rankCount: 2)
        .checkpointBytes
      // The file has a header and a few statistics besides.
      #expect(counted < written && written < 1.2 * counted)
    }
  }
}
