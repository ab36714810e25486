import Testing

@testable import Model
@testable import Pages
@testable import Parallel
@testable import Training

@Suite("Buckets that gradients travel in")
struct GradientBucketsTests {
  private let network = Network(testArchitecture(), seed: 1)
  private var tiles: [TileSchedule.Tile] { TileSchedule.tiles(of: network) }

  private func buckets(ranks: Int, count: Int) -> (ParameterShares, GradientBuckets) {
    let shares = ParameterShares(network, rankCount: ranks)
    return (shares, GradientBuckets(shares, count: count, tiles: tiles))
  }

  @Test("a rank's buckets follow each other and are its share", arguments: [1, 2, 3, 7], [1, 4])
  func cover(ranks: Int, count: Int) {
    let (shares, buckets) = buckets(ranks: ranks, count: count)
    for rank in 0..<ranks {
      let ranges = (0..<count).map { buckets.range($0, of: rank) }
      #expect(ranges[0].lowerBound == shares.range(of: rank).lowerBound)
      #expect(ranges[count - 1].upperBound == shares.range(of: rank).upperBound)
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
      #expect(ranges.allSatisfy { $0.lowerBound.isMultiple(of: 16) })
    }
    for bucket in 0..<count {
      let parts = buckets.parts(bucket)
      #expect(
        Array(parts.elements)
          == (0..<ranks).map {
            let range = buckets.range(bucket, of: $0)
            return RankPart(offset: 4 * range.lowerBound, count: 4 * range.count)
          })
    }
  }

  @Test("a bucket waits for the tiles that have a part in it, and no other", arguments: [2, 3])
  func waiting(ranks: Int) {
    let (_, buckets) = buckets(ranks: ranks, count: 4)
    for bucket in 0..<4 {
      let waits = tiles.indices.filter { buckets.buckets(ofTile: $0).contains(bucket) }
      let overlapping = tiles.indices.filter { index in
        let tile = tiles[index].offset..<tiles[index].offset + tiles[index].tile.count
        return (0..<ranks).contains { buckets.range(bucket, of: $0).overlaps(tile) }
      }
      #expect(!waits.isEmpty && waits == overlapping && buckets.tileCounts[bucket] == waits.count)
    }
  }

  @Test("a run of parameters falls into parts, each of one rank's bucket")
  func pieces() {
    let (shares, buckets) = buckets(ranks: 3, count: 4)
    let all = (0..<3).flatMap { rank in (0..<4).map { buckets.range($0, of: rank) } }
    for run in [0..<shares.parameterCount, 5..<6, 15..<shares.parameterCount - 3] {
      var end = run.lowerBound
      buckets.forEachPiece(of: run) { part, piece in
        #expect(part.lowerBound == end && all.contains(piece))
        #expect(part == piece.clamped(to: run))
        end = part.upperBound
      }
      #expect(end == run.upperBound)
    }
  }

  @Test("buckets leave in their order, once a step, when their last tile is finished")
  func progress() {
    let progress = BucketProgress(tileCounts: [2, 0, 1])
    for _ in 0..<2 {
      progress.finishedTile(of: 2)
      progress.finishedTile(of: 0)
      #expect(progress.nextFinished() == nil)
      progress.finishedTile(of: 0)
      #expect([0, 1, 2].allSatisfy { progress.nextFinished() == $0 })
      #expect(progress.nextFinished() == nil)
      for bucket in 0..<3 { progress.reset(bucket) }
    }
  }

  @Test("tiles of an earlier phase come first for every worker, and each once")
  func phases() {
    let (_, buckets) = buckets(ranks: 2, count: 4)
    let schedule = TileSchedule(tiles, workerCount: 3) { buckets.buckets(ofTile: $0)[0] }
    for order in schedule.orders {
      #expect(order.sorted() == Array(tiles.indices))
      let phases = order.map { buckets.buckets(ofTile: $0)[0] }
      #expect(phases == phases.sorted() && Set(phases).count > 1)
    }
  }
}
