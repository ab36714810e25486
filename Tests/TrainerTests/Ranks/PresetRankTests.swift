import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

/// Short, as they also run under the thread sanitizer.
@Suite("A run of each named network")
struct PresetRankTests {
  private static func digest(
    _ preset: String, threads: Int, communicator: any Communicator = SingleProcess()
  ) throws -> String {
    var configuration = TrainingConfiguration(threads: threads)
    configuration.model = try ModelPreset.model(preset)
    configuration.batchSize = 20
    configuration.shardSize = .rows(8)
    configuration.epochs = 1
    configuration.accumulate = 2
    configuration.validationCount = 10
    configuration.emaDecay = 0.5
    configuration.augmentation = augmentationOfEverything
    let run = try TrainingRun(
      configuration: configuration,
      dataset: try SyntheticImages.dataset(trainingCount: 60, testCount: 20, side: 28),
      coreCount: 2, communicator: communicator)
    try run.train()
    return run.digest
  }

  @Test("has the same bits on threads and ranks", arguments: ModelPreset.all.map(\.name))
  func threadsAndRanks(preset: String) throws {
    let expected = try Self.digest(preset, threads: 1)
    #expect(try Self.digest(preset, threads: 3) == expected)
    let digests = ThreadCommunicator.onRanks(2) {
      try Self.digest(preset, threads: 1 + $0.rank, communicator: $0)
    }
    #expect(digests == [expected, expected])
  }
}
