import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("Training on distorted images")
struct AugmentedRunTests {
  private static func run(
    threads: Int = 2, communicator: any Communicator = SingleProcess(),
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingRun {
    let run = try TrainingRunTests.run(threads: threads, communicator: communicator) {
      $0.augmentation = augmentationOfEverything
      change(&$0)
    }
    try run.train()
    return run
  }

  @Test("has the bits of one thread with any number, and with shards of any size")
  func threads() throws {
    let expected = try Self.run(threads: 1).digest
    for threads in [2, 3] {
      for rows in [1, 8, 24, 1_000] {
        let run = try Self.run(threads: threads) { $0.shardSize = .rows(rows) }
        #expect(run.digest == expected, "\(threads) threads, shards of \(rows)")
      }
    }
  }

  @Test("has the bits of one process on any number of ranks", arguments: [2, 3])
  func ranks(count: Int) throws {
    let expected = try Self.run(threads: 1).digest
    let digests = ThreadCommunicator.onRanks(count) {
      try Self.run(threads: 1 + $0.rank % 2, communicator: $0).digest
    }
    #expect(digests == [String](repeating: expected, count: count))
  }

  @Test(
    "each transform by itself gives another result than none, and another seed another",
    arguments: [
      "rotate 20", "scale 0.2", "shift 1", "shear 20", "elastic 9/2", "erase 0.5", "flip",
    ])
  func transforms(text: String) throws {
    let augmentation = try Augmentation(text)
    let plain = try Self.run { $0.augmentation = nil }
    let run = try Self.run { $0.augmentation = augmentation }
    #expect(run.digest != plain.digest)
  }

  @Test("with transforms that change nothing has the bits of a run without them")
  func identity() throws {
    let plain = try Self.run { $0.augmentation = nil }
    #expect(try Self.run { $0.augmentation = Augmentation() }.digest == plain.digest)
    // A field of no displacement goes through all kernels.
    var still = Augmentation()
    still.elastic = .init(alpha: 0, sigma: 2)
    #expect(try Self.run { $0.augmentation = still }.digest == plain.digest)
  }

  @Test("evaluates on the images as they are")
  func evaluation() throws {
    let run = try Self.run { $0.validationCount = 40 }
    try expectPlainEvaluation(of: run)
  }

  @Test("refuses a shift beyond the images")
  func shift() throws {
    let augmentation = try Augmentation("shift 7")
    let error = try #require(throws: TrainerError.self) {
      try TrainingRunTests.run { $0.augmentation = augmentation }
    }
    #expect(error.code == .usage)
    #expect(
      error.description
        == "`augment` has shift 7; it must be at most 6, the larger side of the images")
  }
}
