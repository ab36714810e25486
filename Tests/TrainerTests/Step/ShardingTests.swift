import Testing

@testable import Model
@testable import Training

@Suite("A batch sharded is the same mathematics as a batch whole")
struct ShardingTests {
  static let rows = 129
  static let architectures = [
    testArchitecture(), testArchitecture(dropout: 0), testArchitecture(batchNorm: false),
    testArchitecture(mode: .vanilla),
  ]

  /// One step without an update.
  static func gradients(_ architecture: Architecture, shardSize: Int) throws -> (
    state: ModelState, total: LossSum
  ) {
    let setup = StepSetup(
      try SyntheticImages(count: rows, side: 6), network: Network(architecture, seed: 9),
      batchSize: rows, shardSize: shardSize)
    let totals = setup.run(samples: (0..<rows).map { UInt32($0) }, use: .store)
    return (setup.state, totals[0])
  }

  /// Single rows; an uneven end; an end of one row, of two and of many shards; more than the batch.
  @Test(
    "loss, gradients and running statistics are those of one shard, within 1e-5",
    arguments: architectures, [1, 7, 64, 128, 1_000])
  func sharded(architecture: Architecture, shardSize: Int) throws {
    let whole = try Self.gradients(architecture, shardSize: Self.rows)
    let sharded = try Self.gradients(architecture, shardSize: shardSize)
    #expect(abs(sharded.total.loss / whole.total.loss - 1) < 1e-6)
    #expect(sharded.total.correct == whole.total.correct)
    for (found, expected) in zip(sharded.state.gradientsByName, whole.state.gradientsByName) {
      #expect(largestRelativeDifference(found.values, expected.values) < 1e-5, "\(found.name)")
    }
    let normalizes = architecture.model.hasBatchNorm
    #expect(whole.state.network.statistics.entries.isEmpty == !normalizes)
    for entry in whole.state.network.statistics.entries {
      #expect(
        largestRelativeDifference(sharded.state[entry.name], whole.state[entry.name]) < 1e-5,
        "\(entry.name)")
    }
  }

  @Test("a sample's dropout mask goes with it into another row and shard")
  func masksBelongToSamples() throws {
    func step(_ samples: [UInt32], epoch: UInt32 = 1) throws -> (ModelState, Double) {
      let setup = StepSetup(
        try SyntheticImages(count: Self.rows, side: 6),
        network: Network(testArchitecture(dropout: 0.5), seed: 9), batchSize: Self.rows,
        shardSize: 16)
      return (setup.state, setup.run(samples: samples, epoch: epoch, use: .store)[0].loss)
    }
    let samples = (0..<Self.rows).map { UInt32($0) }
    let (state, loss) = try step(samples)
    let (reversedState, reversedLoss) = try step(samples.reversed())
    #expect(abs(reversedLoss / loss - 1) < 1e-6)
    for (found, expected) in zip(reversedState.gradientsByName, state.gradientsByName) {
      #expect(largestRelativeDifference(found.values, expected.values) < 1e-5, "\(found.name)")
    }
    // With other masks it is another loss.
    #expect(abs(try step(samples, epoch: 2).1 / loss - 1) > 1e-3)
  }
}
