import Foundation
import Testing

@testable import Model
@testable import Scaling
@testable import Training

@Suite("The cost model")
struct CostModelTests {
  @Test("predicts the measured rate and shares of stages for one worker")
  func firstPoint() throws {
    let setup = ModelSetup()
    // Steps without the profile's clock were twice as fast.
    let model = try CostModel(
      point: setup.point(rate: 2 * 51.2), shape: ModelSetup.shape, network: setup.probe,
      machine: try setup.machine())
    let step = model.step(
      CostModel.Target(workers: 1, cores: 2, batchSize: 512, shardSize: 64), link: nil)
    #expect(isNear(step[.forward], 2))
    #expect(abs(step.values.reduce(0, +) - 5) < 1e-6)
  }

  @Test("adds up the parts of a step in their order, so that each process gets the same sum")
  func order() {
    let values = [1e16, 1, -1e16, 3, 1e16, 1, -1e16, 1, 7]
    for shift in values.indices {
      let shifted = Array(values[shift...] + values[..<shift])
      let parts = zip(CostModel.Part.allCases, shifted).shuffled()
      #expect(Dictionary(uniqueKeysWithValues: parts).sumInOrder == shifted.reduce(0, +))
    }
  }

  @Test("divides all work by the workers if it divides evenly", arguments: [2, 4])
  func perfect(workers: Int) throws {
    let step = try ModelSetup().step(workers: workers)
    let share = 1 / Double(workers)
    #expect(isNear(step[.gather], 1 * share))
    #expect(isNear(step[.forward], 4 * share))
    #expect(isNear(step[.backward], 2 * share))
    #expect(isNear(step[.update], 3 * share))
    #expect(step[.exchange] == 0)
  }

  @Test("uses the worker with the most rows, not the mean")
  func unevenShards() throws {
    // 64 leaves for 3 workers: 21, 21 and 22.
    #expect(isNear(try ModelSetup().step(workers: 3)[.forward], 4 * 22 / 64))
    // More workers than leaves change nothing more.
    #expect(isNear(try ModelSetup().step(workers: 100)[.forward], 4 / 64))
    // 300 rows are 37 leaves of 8 and one of 4; the products are 300 / 512 of the measured.
    let step = try ModelSetup().step(workers: 2, batchSize: 300)
    #expect(isNear(step[.forward], 4 * 300 / 512 * 152 / 300))
  }

  @Test("divides merges by leaves, then by whole cache lines of columns")
  func merges() throws {
    var setup = ModelSetup()
    setup.stages[.merge] = 1
    // Moments of 512 and 256 units; the bias, and the sums of 256 and of 512 units.
    let columns: Double = 512 + 256 + 128 + 512 + 1_024
    // Of 63 merges of leaves, those of the workers' results are divided by columns.
    #expect(isNear(try setup.step(workers: 2)[.merge], 1 / 2 + 1 / 63 / 2))
    let widest: Double = 176 + 96 + 48 + 176 + 352
    #expect(isNear(try setup.step(workers: 3)[.merge], 22 / 64 + 2 / 63 * widest / columns))
    // One line is the least: 64 workers have one each of every merge but the last.
    #expect(isNear(try setup.step(workers: 64)[.merge], 1 / 64 + 5 * 16 / columns))
  }

  @Test("uses the number of cores if workers share them")
  func oversubscription() throws {
    var setup = ModelSetup()
    setup.peak[5] = 190
    setup.barriers[5] = 7e-3
    setup.bandwidth[5] = 1
    // 5 workers have 1 or 2 of 8 shards; two cores do 4 in the same time.
    let step = try setup.step(workers: 5, cores: 2)
    #expect(isNear(step[.forward], 4 / 2))
    #expect(isNear(step[.barriers], Double(ModelSetup.shape.barrierCount) * 7e-3))
  }

  @Test("slows workers down as much as products slow down when all compute")
  func slowdown() throws {
    var setup = ModelSetup()
    setup.peak = [1: 100, 2: 160]
    #expect(isNear(try setup.step(workers: 2)[.forward], 4 / 2 / 0.8))
    // Beyond what was measured as there.
    #expect(isNear(try setup.step(workers: 8)[.forward], 4 / 8 / 0.8))
    // Two that are faster than one are noise.
    setup.peak = [1: 100, 2: 230]
    #expect(isNear(try setup.step(workers: 2)[.forward], 4 / 2))
  }

  @Test("limits the update by memory bandwidth, except for data in caches")
  func memory() throws {
    var setup = ModelSetup()
    setup.bandwidth = [1: 1e6, 2: 1e6]
    setup.cacheBytes = 0
    let bytes = 2 * Double(ModelSetup.shape.updatedBytes)
    #expect(ModelSetup.shape.updatedBytes == 3 * ModelSetup.shape.parameterBytes)
    for workers in [8, 64] {
      #expect(isNear(try setup.step(workers: workers)[.update], bytes / 1e6))
    }
    setup.cacheBytes = ModelSetup.shape.updatedBytes / 4
    #expect(isNear(try setup.step(workers: 64)[.update], bytes / 1e6 * 3 / 4))
    setup.cacheBytes = ModelSetup.shape.updatedBytes
    let cached = try #require(try setup.step(workers: 64)[.update])
    #expect(cached < 3.0 / 16)
  }

  @Test("counts the lines of weights and operands that each core reads from others")
  func transfer() throws {
    var setup = ModelSetup()
    setup.lineTransferSeconds = 1e-3
    #expect(try setup.step(workers: 1)[.transfer] == 0)
    // W of three layers, W^T of all but the first, and batch norm's; then the gradients of 512 +
    // 256 + 128 outputs of all rows, and half of 784 + 512 + 256 inputs, of which the other wrote
    // half.
    let kept = ModelSetup.network.layers.reduce(0) { $0 + $1.keptCount }
    #expect(kept >= 512 * 256 + 256 * 128)
    let shared = Double(ModelSetup.shape.parameterBytes + 4 * kept)
    let bytes = (shared + 512 * 4 * (896 + 1_552 / 2)) / 2
    #expect(isNear(try setup.step(workers: 2)[.transfer], bytes / 64 * 1e-3))
    // More workers than cores have as many caches as there are cores.
    setup.barriers[4] = 1e-12
    setup.peak[4] = 1
    setup.bandwidth[4] = 1
    #expect(isNear(try setup.step(workers: 4, cores: 2)[.transfer], bytes / 64 * 1e-3))
  }

  @Test("counts the barriers of a step, and extrapolates their cost linearly")
  func barriers() throws {
    var setup = ModelSetup()
    setup.barriers = [1: 1e-3, 2: 3e-3]
    // 5 stages, 4 of which end in merges, and the step's end.
    #expect(ModelSetup.shape.barrierCount == 10)
    #expect(isNear(try setup.step(workers: 2)[.barriers], 10 * 3e-3))
    #expect(isNear(try setup.step(workers: 16)[.barriers], 10 * 31e-3))
    // It never falls: one worker that was slower than two had been disturbed.
    setup.barriers = [1: 3e-3, 2: 1e-3]
    #expect(isNear(try setup.step(workers: 16)[.barriers], 10 * 1e-3))
  }

  @Test("gives tiles to free workers, so the largest tile is the limit")
  func tiles() throws {
    // 64 tiles of 98 x 64, 16 of 128 x 64 and 4 of 128 x 64.
    let floats: Double = 784 * 512 + 512 * 256 + 256 * 128
    func share(_ workers: Int) -> Double {
      ModelSetup.shape.tileShare(workers: workers)
    }
    #expect(isNear(share(1), 1))
    #expect(isNear(share(4), 1 / 4))
    // Eight have eight and two of them each, half of them one more.
    #expect(isNear(share(8), (8 * 98 + 3 * 128) * 64 / floats))
    #expect(isNear(share(240), 128 * 64 / floats))
  }

  @Test("adds the probe's difference per sample for another shard size")
  func shardSize() throws {
    var setup = ModelSetup()
    setup.products = [
      16: .init(forward: 0.02, inputGradients: 0.01, weightGradients: 0.005),
      64: .init(forward: 0.01, inputGradients: 0.008, weightGradients: 0.004),
    ]
    setup.stages[.merge] = 1
    let step = try setup.step(workers: 1, shardSize: 16)
    #expect(isNear(step[.gather], 1))
    #expect(isNear(step[.forward], 4 + 512 * 0.01))
    #expect(isNear(step[.backward], 2 + 512 * 0.002))
    #expect(isNear(step[.update], 3 + 512 * 0.001))
    #expect(isNear(step[.merge], 1))
  }

  @Test("scales products with the rows, but neither the optimizer nor the time between steps")
  func batchSize() throws {
    var setup = ModelSetup()
    setup.stages[.other] = 0.5
    let step = try setup.step(workers: 1, batchSize: 1_024)
    #expect(isNear(step[.forward], 8))
    #expect(isNear(step[.update], 1 + 2 * (3 - 1)))
    #expect(isNear(step[.other], 0.5))
  }

  @Test("treats machines with a free network as one machine with all cores")
  func idealLink() throws {
    let setup = ModelSetup()
    // No option allows such a bandwidth.
    let link = try JSONDecoder().decode(
      NetworkLink.self, from: Data(#"{"bytes_per_second":1e300,"latency_seconds":0}"#.utf8))
    let one = try setup.step(workers: 4)
    let two = try setup.step(machines: 2, workers: 2, link: link)
    for part in CostModel.Part.allCases where part != .barriers {
      #expect(isNear(two[part], one[part] ?? -1), "\(part)")
    }
  }

  @Test("sends merges to all, and gradients and parameters between their owners")
  func exchange() throws {
    let link = try NetworkLink(gigabitsPerSecond: 8e-3, latencyMicroseconds: 1e6)  // 1 MB/s and 1 s
    #expect(isNear(link.smallAllgather(bytes: 1e6, machines: 2), 1 + 1))
    #expect(isNear(link.smallAllgather(bytes: 1e6, machines: 5), 3 + 4))
    #expect(isNear(link.exchange(bytes: 8e6, machines: 4), 3 + 6))
    #expect(link.exchange(bytes: 8e6, machines: 1) == 0)

    let setup = ModelSetup()
    let parameters = Double(ModelSetup.shape.parameterBytes)
    // Moments of 512 and 256 units forward, bias and the sums of 256 and of 512 units backward.
    #expect(ModelSetup.shape.mergedBytes == [4_096, 2_048, 2_048 + 512, 4_096])
    let merged = Double(4_096 + 2_048 + 2_560 + 4_096)
    let step = try setup.step(machines: 4, workers: 2, link: link)
    #expect(
      isNear(step[.exchange], 4 * 2 + 3 * merged / 1e6 + 2 * (3 + 3 * parameters / 4 / 1e6)))
    // Each machine has 2 of 8 shards and a quarter of the parameters.
    #expect(isNear(step[.forward], 4 / 8))
    #expect(isNear(step[.update], (2.0 / 4 + 1.0 / 4) / 2))
  }
}
