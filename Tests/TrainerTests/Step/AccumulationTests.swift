import Testing

@testable import Model
@testable import Training

@Suite("Batches accumulated to one step")
struct AccumulationTests {
  struct Result: Equatable {
    let bits: ModelBits
    let totals: [[LossSum]]
    let digest: String
  }

  /// Two steps over the first `rows` samples, in batches of `batchSize` rows; the last has the
  /// rest.
  static func train(
    rows: Int, batchSize: Int, shardSize: Int, options: UpdateOptions = UpdateOptions(),
    architecture: Architecture = testArchitecture(batchNorm: false),
    kind: OptimizerKind = .adam, engine: Engine = .native
  ) throws -> (result: Result, state: ModelState) {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.01
    let batches = stride(from: 0, to: rows, by: batchSize).map { first in
      (first..<min(first + batchSize, rows)).map { UInt32($0) }
    }
    var options = options
    options.accumulate = batches.count
    let setup = UpdateSetup(
      try SyntheticImages(count: rows, side: 6),
      network: Network(architecture, seed: 9, engine: engine),
      optimizer: optimizer, options: options, batchSize: batchSize, shardSize: shardSize,
      threads: 3,
      labelSmoothing: 0.1)
    let totals = (1...2).map { setup.run(batches, number: $0) }
    let result = Result(
      bits: ModelBits(setup.state), totals: totals, digest: WeightsDigest.of(setup.state))
    return (result, setup.state)
  }

  @Test(
    "have the bits of one large batch where each is a power of two of blocks",
    arguments: [(1, 2), (1, 3), (1, 8), (2, 2), (2, 5), (4, 2), (4, 3), (4, 4), (4, 7)],
    [OptimizerKind.sgd, .momentum, .adam])
  func largeBatch(counts: (Int, Int), kind: OptimizerKind) throws {
    let (blocks, batches) = counts
    let rows = 64 * blocks * batches
    for engine in Engine.allCases {
      let accumulated = try Self.train(
        rows: rows, batchSize: 64 * blocks, shardSize: 8, kind: kind, engine: engine)
      let large = try Self.train(
        rows: rows, batchSize: rows, shardSize: 8, kind: kind, engine: engine)
      #expect(accumulated.result == large.result)
    }
  }

  @Test("may end in a smaller batch, with the same bits", arguments: [1, 7, 8, 9, 64, 127])
  func smallerLast(rest: Int) throws {
    let accumulated = try Self.train(rows: 256 + rest, batchSize: 128, shardSize: 8)
    let large = try Self.train(rows: 256 + rest, batchSize: 256 + rest, shardSize: 8)
    #expect(accumulated.result == large.result)
  }

  @Test("are clipped, limited and averaged as one large batch, with the same bits")
  func options() throws {
    var options = UpdateOptions()
    options.clipNorm = 0.1
    options.maxNorm = 0.8
    options.emaDecay = 0.9
    let accumulated = try Self.train(rows: 192, batchSize: 64, shardSize: 8, options: options)
    let large = try Self.train(rows: 192, batchSize: 192, shardSize: 8, options: options)
    #expect(accumulated.result == large.result)
    #expect(accumulated.state.averages == large.state.averages)
    let plain = try Self.train(rows: 192, batchSize: 192, shardSize: 8)
    #expect(plain.result.digest != large.result.digest)
  }

  @Test("are one large batch within rounding where blocks are any number", arguments: [3, 5, 6, 7])
  func anyBlocks(blocks: Int) throws {
    let rows = 64 * blocks * 3
    let accumulated = try Self.train(
      rows: rows, batchSize: 64 * blocks, shardSize: 8, kind: .sgd)
    let large = try Self.train(rows: rows, batchSize: rows, shardSize: 8, kind: .sgd)
    for (found, expected) in zip(accumulated.state.tensors, large.state.tensors) {
      #expect(
        largestRelativeDifference(found.values, expected.values) < 1e-5, "\(found.entry.name)")
    }
    let loss = accumulated.result.totals[1][0].loss
    #expect(abs(loss / large.result.totals[1][0].loss - 1) < 1e-6)
  }

  @Test("have batch-norm statistics of their own, and move the running ones once each")
  func batchNorm() throws {
    let architecture = testArchitecture(dropout: 0)
    let accumulated = try Self.train(
      rows: 64, batchSize: 32, shardSize: 8, architecture: architecture)
    let large = try Self.train(rows: 64, batchSize: 64, shardSize: 8, architecture: architecture)
    #expect(accumulated.result.digest != large.result.digest)
    // Means of halves move the mean by 0.1 each, the whole's by 0.1 once.
    let moved = accumulated.state["batchnorm1.running_mean"]
    let movedOnce = large.state["batchnorm1.running_mean"]
    let ratio = zip(moved, movedOnce).map { abs($0) / abs($1) }.sorted()[moved.count / 2]
    #expect(ratio > 1.6 && ratio < 2)
  }

  @Test("give every worker the same sum of their losses")
  func totals() throws {
    let result = try Self.train(rows: 192, batchSize: 64, shardSize: 8).result
    for totals in result.totals {
      #expect(totals == [LossSum](repeating: totals[0], count: 3))
      #expect(totals[0].correct <= 192 && totals[0].loss > 0)
    }
  }
}
