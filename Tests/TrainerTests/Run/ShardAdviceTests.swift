import Files
import Testing

@testable import Parallel
@testable import Scaling

@Suite("Advice on shards")
struct ShardAdviceTests {
  @Test("is not given where there is a shard for each worker", arguments: [1, 7, 8])
  func enough(workers: Int) {
    #expect(ShardAdvice(batchSize: 512, shardSize: 64, workers: workers) == nil)
  }

  @Test("names the largest shards, about as even as can be, that give each worker one")
  func shards() throws {
    for batchSize in [1, 63, 100, 512, 1000] {
      for workers in 2...240 {
        guard let advice = ShardAdvice(batchSize: batchSize, shardSize: 512, workers: workers)
        else {
          continue
        }
        guard workers <= batchSize else {
          #expect(advice.smallerShardSize == nil && advice.words == nil)
          continue
        }
        let size = try #require(advice.smallerShardSize)
        #expect(advice.cost.map { $0.lowerBound > 0.99 } == true)
        let plan = ShardPlan(rowCount: batchSize, shardSize: size)
        #expect(plan.shardCount >= workers)
        // The busiest worker has no more rows than it would have in smaller shards.
        #expect(size <= (batchSize + workers - 1) / workers)
      }
    }
    let many = try #require(ShardAdvice(batchSize: 512, shardSize: 64, workers: 64))
    #expect(many.smallerShardSize == 8 && many.largerBatchSize == 4096 && many.shardCount == 8)
    let few = try #require(ShardAdvice(batchSize: 512, shardSize: 512, workers: 5))
    #expect(few.smallerShardSize == 103)
  }

  @Test("says what smaller shards cost, more the smaller they are")
  func costs() throws {
    let advice = try #require(ShardAdvice(batchSize: 512, shardSize: 64, workers: 64))
    #expect(
      advice.words?.description
        == "`shard-size` 8 gives all 64 work and changes the result's last bits; one thread then "
        + "takes 1.3 to 2.0 times as long per sample")
    let costs = [9, 16, 32, 64, 128, 240].compactMap { workers in
      ShardAdvice(batchSize: 512, shardSize: 64, workers: workers)?.cost
    }
    #expect(costs.count == 6)
    for (fewer, more) in zip(costs, costs.dropFirst()) {
      #expect(fewer.lowerBound < more.lowerBound && fewer.upperBound < more.upperBound)
    }
    for shardSize in 1...512 {
      let advice = ShardAdvice(batchSize: 512, shardSize: shardSize, workers: 240)
      #expect(advice.map { ($0.cost?.lowerBound ?? 0) > 1 } ?? true)
    }
    let large = try #require(ShardAdvice(batchSize: 4096, shardSize: 1024, workers: 8))
    #expect(
      large.words?.description.hasSuffix("one thread then takes about as long per sample") == true)
  }
}
