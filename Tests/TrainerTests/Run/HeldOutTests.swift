import Files
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("A run with samples held out")
struct HeldOutTests {
  /// What is held out, in the ways that a configuration can say it.
  static let changes: [@Sendable (inout TrainingConfiguration) -> Void] = [
    { ($0.validationCount, $0.stratify) = (40, true) },
    { $0.fold = Fold(2, of: 3) },
    { ($0.fold, $0.stratify) = (Fold(3, of: 5), true) },
  ]

  @Test("holds out the same, and has the same bits, for any number of threads and ranks")
  func anyWorkers() throws {
    for change in Self.changes {
      let alone = try TrainingRunTests.run(threads: 1, change)
      try alone.train()
      let losses = alone.position.history.map { $0.validation }
      #expect(losses.allSatisfy { $0?.sampleCount == alone.split.validation.count })
      for threads in [2, 3] {
        let run = try TrainingRunTests.run(threads: threads, change)
        try run.train()
        #expect(run.split == alone.split && run.digest == alone.digest)
        #expect(run.position.history.map(\.validation) == losses)
      }
      let expected = (split: alone.split, digest: alone.digest)
      let results = ThreadCommunicator.onRanks(2) { communicator in
        let run = try TrainingRunTests.run(
          threads: 1 + communicator.rank, communicator: communicator, change)
        try run.train()
        return (
          split: run.split, digest: run.digest, losses: run.position.history.map(\.validation)
        )
      }
      #expect(results.count == 2)
      for result in results {
        #expect(result.split == expected.split && result.digest == expected.digest)
        #expect(result.losses == losses)
      }
    }
  }

  @Test("trains on all folds but its own")
  func folds() throws {
    let runs = try (1...4).map { number in
      try TrainingRunTests.run {
        // 58 or 57 samples are held out of 230.
        ($0.fold, $0.stratify, $0.seed) = (Fold(number, of: 4), true, 9)
      }
    }
    #expect(runs.map(\.samplesPerEpoch) == [172, 172, 173, 173])
    #expect(runs.flatMap(\.split.validation).sorted() == [UInt32](0..<230))
    for run in runs {
      #expect((run.split.training + run.split.validation).sorted() == [UInt32](0..<230))
    }
    try runs[0].train()
    #expect(runs[0].position.history.last?.training.sampleCount == 172)
  }

  @Test("stops early by the loss of its fold")
  func earlyStopping() throws {
    let run = try TrainingRunTests.run {
      $0.fold = Fold(1, of: 5)
      $0.earlyStoppingPatience = 1
      $0.epochs = 40
      // Steps so long that the loss soon rises.
      $0.optimizer.learningRate = 0.05
    }
    #expect(try run.train().ending == .earlyStopping)
    #expect(run.position.epochsWithoutImprovement == 1)
  }

  @Test("cuts its batch to what is left of a small training set")
  func smallSet() {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.fold = Fold(3, of: 3)
    let note = configuration.fitBatch(sampleCount: 230)
    #expect(configuration.batchSize == 230 - 76)
    #expect(note?.description.hasPrefix("The batch size is 154") == true)
  }

  @Test(
    "refuses what contradicts itself or has no meaning",
    arguments: [
      (
        { @Sendable in ($0.fold, $0.validationCount) = (Fold(1, of: 5), 10) },
        "`fold` is 1/5, but `validation` is 10; only one of them can hold samples out"
      ),
      (
        { @Sendable in $0.earlyStoppingPatience = 3 },
        "`early-stopping` needs `validation` N or `fold` k/K, whose loss it watches"
      ),
      (
        { @Sendable in $0.stratify = true },
        "`stratify` needs `validation` N or `fold` k/K, whose samples it chooses"
      ),
      (
        { @Sendable in $0.fold = Fold(1, of: 231) },
        "`fold` is 1/231; it must be of at most 230 folds, the number of training samples"
      ),
    ] as [(@Sendable (inout TrainingConfiguration) -> Void, String)])
  func refused(
    change: @Sendable (inout TrainingConfiguration) -> Void, words: String
  ) throws {
    let error = try #require(throws: TrainerError.self) { try TrainingRunTests.run(change) }
    #expect(error.code == .usage)
    #expect(error.description == words)
  }

  @Test("can leave one sample out")
  func leaveOneOut() throws {
    let run = try TrainingRunTests.run {
      $0.fold = Fold(230, of: 230)
      $0.epochs = 1
    }
    try run.train()
    #expect(run.position.history.last?.validation?.sampleCount == 1)
  }
}
