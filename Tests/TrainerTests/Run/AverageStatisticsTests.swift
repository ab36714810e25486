import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("Batch-norm statistics that are estimated for an average")
struct AverageStatisticsTests {
  private static func trained(
    threads: Int = 2, communicator: any Communicator = SingleProcess(),
    _ change: (inout TrainingConfiguration) -> Void
  ) throws -> TrainingRun {
    let run = try TrainingRunTests.run(threads: threads, communicator: communicator, change)
    try run.train()
    return run
  }

  @Sendable private static func averaging(_ configuration: inout TrainingConfiguration) {
    (configuration.averageFrom, configuration.averageStatistics) = (1, 3)
  }

  @Test("are the means over the epoch's batches of those that the averaged weights give")
  func meansOverBatches() throws {
    let run = try Self.trained { ($0.averageFrom, $0.averageStatistics) = (1, 1_000) }
    let images = run.dataset.training
    let units = 16
    run.withAverage {
      let weights = run.state["dense1.weight"].map(Double.init)
      var means = [Double](repeating: 0, count: units)
      var variances = means
      // Batches of 50, the last of 30.
      for first in stride(from: 0, to: 230, by: 50) {
        let samples = run.order.elements[first..<min(first + 50, 230)]
        let rows = samples.map { sample in
          (0..<units).map { unit in
            (0..<images.valueCount).reduce(0.0) {
              let pixel = Double(images.pixels[Int(sample) * images.valueCount + $1]) / 255
              return $0 + pixel * weights[$1 * units + unit]
            }
          }
        }
        for unit in 0..<units {
          let mean = rows.reduce(0) { $0 + $1[unit] } / Double(rows.count)
          let squares = rows.reduce(0) { $0 + ($1[unit] - mean) * ($1[unit] - mean) }
          means[unit] += mean / 5
          variances[unit] += squares / Double(rows.count - 1) / 5
        }
      }
      let found = (run.state["batchnorm1.running_mean"], run.state["batchnorm1.running_var"])
      #expect(found.0.count == units && found.1.count == units)
      for unit in 0..<units {
        #expect(abs(Double(found.0[unit]) - means[unit]) < 1e-5 * max(1, abs(means[unit])))
        #expect(abs(Double(found.1[unit]) - variances[unit]) < 1e-5 * variances[unit])
      }
    }
  }

  @Test("leave training as it is, and change what is evaluated and saved")
  func trainingUnchanged() throws {
    let estimated = try Self.trained(Self.averaging)
    let averaged = try Self.trained { $0.averageFrom = 1 }
    #expect(ModelBits(estimated.state) == ModelBits(averaged.state))
    #expect(estimated.digest != averaged.digest)
    let histories = (estimated.position.history, averaged.position.history)
    #expect(histories.0.map(\.training) == histories.1.map(\.training))
    #expect(histories.0.map(\.test) != histories.1.map(\.test))
  }

  @Test("come from as many batches as asked for, at most from all of the epoch")
  func batches() throws {
    let digests = try [1, 4, 5, 6, 1_000].map { count in
      try Self.trained { ($0.averageFrom, $0.averageStatistics) = (1, count) }.digest
    }
    #expect(Set(digests).count == 3 && Set(digests[2...]).count == 1)
  }

  @Test("have the same bits for any number of threads and shards")
  func threads() throws {
    let expected = try Self.trained(Self.averaging).digest
    for (threads, shard) in [(1, 8), (3, 16), (8, 64)] {
      let run = try Self.trained(threads: threads) {
        Self.averaging(&$0)
        $0.shardSize = .rows(shard)
      }
      #expect(run.digest == expected, "\(threads) threads, shards of \(shard)")
    }
  }

  @Test("have the same bits on several ranks", arguments: [2, 3])
  func ranks(count: Int) throws {
    let large: @Sendable (inout TrainingConfiguration) -> Void = {
      Self.averaging(&$0)
      // Ranks have whole blocks of 64 rows.
      $0.batchSize = 200
    }
    let expected = try Self.trained(large).digest
    let digests = ThreadCommunicator.onRanks(count) { communicator in
      try Self.trained(communicator: communicator, large).digest
    }
    #expect(digests == [String](repeating: expected, count: count))
  }
}
