import Testing

@testable import Model
@testable import Training

@Suite("Execution never shows in the result")
struct ThreadCountTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var side = 6
    var architecture = testArchitecture()
    var optimizer = Optimizer(.adam)
    var sampleCount = 230
    var batchSize = 100
    var shardSize = 16
  }

  static let cases: [Case] =
    [
      Case(
        testDescription: "defaults", side: 28,
        architecture: testArchitecture(side: 28, hidden: [512, 256]), sampleCount: 700,
        batchSize: 512, shardSize: 64),
      Case(testDescription: "shards of 7 rows", shardSize: 7),
      Case(testDescription: "shards of one row", sampleCount: 30, batchSize: 20, shardSize: 1),
      Case(testDescription: "one shard", shardSize: 100),
      Case(testDescription: "vanilla dropout", architecture: testArchitecture(mode: .vanilla)),
      Case(testDescription: "no batch norm", architecture: testArchitecture(batchNorm: false)),
      Case(testDescription: "no dropout", architecture: testArchitecture(dropout: 0)),
      Case(testDescription: "no hidden layer", architecture: testArchitecture(hidden: [])),
    ] + describedCases + imageCases
    + OptimizerKind.allCases.map { kind in
      var optimizer = Optimizer(kind)
      optimizer.weightDecay = 0.01
      return Case(testDescription: kind.rawValue, optimizer: optimizer)
    }

  /// Convolutions; blocks with and without batch norm, blocks in blocks, and a block that starts
  /// the network.
  static let describedCases: [Case] = {
    do {
      return try [
        "conv 5x3 bn relu dropout 0.2, conv 6x3 stride 2 relu bn, dense 12 bn relu dropout 0.1",
        "conv 4x5 valid relu, conv 66x2 groups 2, dense 12",
        "conv 16x3 bn relu, residual(conv 17x3 bn relu, conv 16x3 bn) relu, conv 70x3 valid relu",
        "conv 4x3 relu, residual(conv 4x3 bn relu, conv 8x3 stride 2 bn) relu, residual(conv 8x1)",
        "dense 24 bn relu, residual(dense 16 bn relu dropout 0.3, dense 24 bn) relu dropout 0.1",
        "residual(residual(dense 36 relu), dense 12, dense 36 bn) bn",
        "dense 9, residual(residual(dense 9 bn) relu, residual(dense 4, dense 9)), dense 9 relu",
      ].map {
        Case(testDescription: $0, architecture: try testArchitecture(model: $0), shardSize: 7)
      }
    } catch {
      preconditionFailure("the descriptions are right: \(error)")
    }
  }()

  /// Every kind of layer that takes images, and every activation.
  static let imageCases: [Case] = {
    do {
      return try [
        "conv 6x3 bn leaky dropout2d 0.2, pool 2, conv 5x2 stride 2 valid gelu, flatten, dense 9 silu",
        "conv 17x3 gelu, avgpool 3 stride 1 silu dropout2d 0.1, globalpool bn",
        "pool 3 stride 2 gelu dropout 0.1, residual(avgpool 1 leaky noise 0.1, flatten silu)",
        "flatten noise 0.3, dense 20 bn noise 0.2 relu",
      ].map {
        Case(testDescription: $0, architecture: try testArchitecture(model: $0), shardSize: 7)
      }
    } catch {
      preconditionFailure("the descriptions are right: \(error)")
    }
  }()

  @Test(
    "parameters, statistics, losses and digest have the same bits for 1, 2, 3, 8 and 16 threads",
    arguments: cases)
  func threads(_ testCase: Case) throws {
    let images = try SyntheticImages(count: testCase.sampleCount, side: testCase.side)
    func run(threads: Int) -> (bits: ModelBits, totals: [[LossSum]], digest: String) {
      let setup = StepSetup(
        images, network: Network(testCase.architecture, seed: 9), optimizer: testCase.optimizer,
        batchSize: testCase.batchSize, shardSize: testCase.shardSize, threads: threads)
      let totals = setup.train(epochs: 1)
      return (ModelBits(setup.state), totals, WeightsDigest.of(setup.state))
    }
    let alone = run(threads: 1)
    #expect(!alone.totals.isEmpty && alone.totals.joined().allSatisfy { $0.loss.isFinite })
    for threads in [2, 3, 8, 16] {
      let team = run(threads: threads)
      #expect(team.bits == alone.bits, "\(threads) threads")
      #expect(team.digest == alone.digest, "\(threads) threads")
      #expect(team.totals.count == alone.totals.count)
      for (totals, expected) in zip(team.totals, alone.totals) {
        #expect(
          totals == [LossSum](repeating: expected[0], count: threads), "\(threads) threads")
      }
    }
  }

  @Test("a run repeated on the same threads has the same bits")
  func repeated() throws {
    let images = try SyntheticImages(count: 230, side: 6)
    let runs = (0..<5).map { _ in
      let setup = StepSetup(
        images, network: Network(testArchitecture(), seed: 9), batchSize: 100, shardSize: 7,
        threads: 5)
      _ = setup.train(epochs: 2)
      return ModelBits(setup.state)
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }
}
