import TestSupport
import Testing

@testable import Model
@testable import Parallel
@testable import Training

@Suite("The number of ranks never shows in the result")
struct RankCountTests {
  /// Ranks, and threads of each: powers of two and others, more ranks than there are shards.
  ///
  /// Those of one thread are told that they share a machine, and send gradients in one message
  /// each.
  static let teams = [(2, 1), (2, 3), (3, 2), (4, 1), (5, 1), (9, 1)]

  @Test("of steps: all bits, each rank's losses, and the optimizer's state that ranks share")
  func steps() throws {
    for testCase in ThreadCountTests.cases {
      let images = try SyntheticImages(count: testCase.sampleCount, side: testCase.side)
      @Sendable func run(
        threads: Int, _ communicator: any Communicator
      ) -> (bits: ModelBits, totals: [[LossSum]]) {
        let setup = StepSetup(
          images, network: Network(testCase.architecture, seed: 9), optimizer: testCase.optimizer,
          batchSize: testCase.batchSize, shardSize: testCase.shardSize, threads: threads,
          communicator: communicator)
        let totals = setup.train(epochs: 1).map { [$0[0]] }
        return (ModelBits(setup.state), totals)
      }
      let alone = run(threads: 1, SingleProcess())
      // Large networks on many ranks take long where cores are few, and show no more.
      for (ranks, threads) in testCase.side > 6 ? Array(Self.teams.prefix(3)) : Self.teams {
        let results = ThreadCommunicator.onRanks(ranks, isOnOneMachine: threads == 1) {
          run(threads: threads, $0)
        }
        let comment = "\(testCase.testDescription) on \(ranks) ranks of \(threads) threads"
        for result in results {
          #expect(result.bits.parameters == alone.bits.parameters, "\(comment)")
          #expect(result.bits.statistics == alone.bits.statistics, "\(comment)")
          #expect(result.totals == alone.totals, "\(comment)")
        }
        #expect(ModelBits(ranks: results.map(\.bits)) == alone.bits, "\(comment)")
      }
    }
  }

  @Test("of steps over several batches, with limits, an average and kept gradients")
  func updates() throws {
    let images = try SyntheticImages(count: 300, side: 6)
    var options = UpdateOptions()
    options.accumulate = 3
    options.clipNorm = 0.05
    options.maxNorm = 0.8
    options.emaDecay = 0.9
    let all = options
    @Sendable func run(
      threads: Int, _ communicator: any Communicator
    ) -> (ModelBits, totals: [LossSum], averages: [String: [Float]], gradients: [[Float]]) {
      let setup = UpdateSetup(
        images, network: Network(testArchitecture(), seed: 9), options: all, batchSize: 60,
        shardSize: 7, threads: threads, labelSmoothing: 0.1, communicator: communicator)
      let rows = (0..<300).map { UInt32($0) }
      let batches = [Array(rows[..<60]), Array(rows[60..<120]), Array(rows[120..<143])]
      let totals = (1...4).map { number in
        setup.run(
          number == 2 ? [batches[2]] : batches, number: number, keepsGradients: number == 4)[0]
      }
      return (
        ModelBits(setup.state), totals, setup.state.averages,
        setup.state.gradientsByName.map(\.values)
      )
    }
    let alone = run(threads: 1, SingleProcess())
    for (ranks, threads) in Self.teams {
      let results = ThreadCommunicator.onRanks(ranks, isOnOneMachine: threads == 1) {
        run(threads: threads, $0)
      }
      #expect(ModelBits(ranks: results.map(\.0)) == alone.0, "\(ranks) ranks")
      for result in results {
        #expect(result.0.parameters == alone.0.parameters, "\(ranks) ranks")
        #expect(result.totals == alone.totals && result.averages == alone.averages)
        #expect(result.gradients == alone.gradients, "\(ranks) ranks")
      }
    }
  }

  @Test("of a run: digest and every figure, with an uneven last batch", arguments: [2, 3, 4])
  func run(ranks: Int) throws {
    let alone = try TrainingRunTests.run { $0.validationCount = 40 }
    try alone.train()
    let outcome = (alone.digest, figures(alone), alone.testOutcome())
    let results = ThreadCommunicator.onRanks(ranks) { communicator in
      let run = try TrainingRunTests.run(
        threads: 1 + communicator.rank % 2, communicator: communicator
      ) { $0.validationCount = 40 }
      try run.train()
      return (run.digest, figures(run), run.testOutcome())
    }
    #expect(results.count == ranks)
    for result in results {
      #expect(result.0 == outcome.0)
      #expect(result.1 == outcome.1)
      #expect(result.2 == outcome.2)
    }
  }

  @Test("a loss that is not finite on one rank stops all, and changes nothing")
  func divergence() throws {
    let errors = ThreadCommunicator.onRanks(3) { communicator in
      let run = try TrainingRunTests.run(communicator: communicator) {
        $0.optimizer = Optimizer(.sgd)
        $0.optimizer.learningRate = 1e30
      }
      do {
        try run.train()
        return "none"
      } catch let error as TrainerError {
        return error.description
      }
    }
    #expect(errors[0].contains("not a finite number"))
    #expect(errors.allSatisfy { $0 == errors[0] })
  }

  @Test("ranks hold one share each of the optimizer's state", arguments: [2, 3, 4])
  func shares(ranks: Int) throws {
    let whole = try TrainingRunTests.run().state.parameters.count
    let counts = ThreadCommunicator.onRanks(ranks) { communicator in
      try TrainingRunTests.run(communicator: communicator).state.optimizerStates.map(\.count)
    }
    for state in 0..<2 {
      #expect(counts.reduce(0) { $0 + $1[state] } == whole)
      #expect(counts.allSatisfy { $0[state] <= (whole / ranks + 31) / 16 * 16 })
    }
  }

  /// A run's history without times.
  private func figures(_ run: TrainingRun) -> [EpochRecord] {
    run.position.history.map { record in
      var record = record
      record.seconds = 0
      record.trainingSeconds = 0
      return record
    }
  }
}
