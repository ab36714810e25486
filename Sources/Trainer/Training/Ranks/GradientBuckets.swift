import Model
import Parallel

/// How gradients are cut into messages: every rank's parameters into as many buckets, of which those of
/// one number travel together, while tiles of the later ones are still computed.
struct GradientBuckets: Sendable {
  /// How many buckets each rank's parameters come in.
  let count: Int
  /// Every rank's buckets in the order of the flat buffer, which they cover.
  private let pieces: [Range<Int>]
  /// For each tile the buckets that it has a part in, in ascending order.
  private let bucketsOfTiles: [[Int]]
  /// For each bucket how many tiles have a part in it.
  let tileCounts: [Int]

  /// Cuts the parameters.
  ///
  /// - Parameters:
  ///   - shares: Which rank has which parameters.
  ///   - count: How many buckets.
  ///   - tiles: The tiles that gradients are computed in.
  init(_ shares: ParameterShares, count: Int, tiles: [TileSchedule.Tile]) {
    self.count = count
    let pieces = (0..<shares.rankCount).flatMap { rank in
      (0..<count).map { slice($0, of: count, range: shares.range(of: rank), alignment: 16) }
    }
    self.pieces = pieces
    let bucketsOfTiles = tiles.map { tile in
      let values = tile.offset..<tile.offset + tile.tile.count
      return Set(pieces.indices.filter { pieces[$0].overlaps(values) }.map { $0 % count }).sorted()
    }
    self.bucketsOfTiles = bucketsOfTiles
    tileCounts = (0..<count).map { bucket in bucketsOfTiles.count { $0.contains(bucket) } }
  }

  /// The parameters of a rank in a bucket.
  ///
  /// - Parameters:
  ///   - bucket: The bucket.
  ///   - rank: The rank.
  /// - Returns: Floats of the flat buffer; perhaps none.
  func range(_ bucket: Int, of rank: Int) -> Range<Int> { pieces[rank * count + bucket] }

  /// The buckets that wait for a tile.
  ///
  /// - Parameter tile: Its index.
  /// - Returns: At least one, in ascending order.
  func buckets(ofTile tile: Int) -> [Int] { bucketsOfTiles[tile] }

  /// Each rank's part of a flat buffer in a bucket, for a communicator.
  func parts(_ bucket: Int) -> AlignedBuffer<RankPart> {
    let rankCount = pieces.count / count
    let parts = AlignedBuffer<RankPart>(count: rankCount)
    for rank in 0..<rankCount {
      parts.pointer[rank] = RankPart(range(bucket, of: rank), of: Float.self)
    }
    return parts
  }

  /// Visits the parts of a run of parameters that belong to different ranks or buckets.
  ///
  /// - Parameters:
  ///   - values: Floats of the flat buffer.
  ///   - visit: Takes a part, and the whole that it is a part of: a rank's parameters in a bucket.
  @inline(__always)
  func forEachPiece(
    of values: Range<Int>, _ visit: (_ part: Range<Int>, _ piece: Range<Int>) -> Void
  ) {
    // The last that starts at the first value or before.
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if pieces[middle].lowerBound <= values.lowerBound { low = middle } else { high = middle }
    }
    while low < pieces.count, pieces[low].lowerBound < values.upperBound {
      let part = pieces[low].clamped(to: values)
      if !part.isEmpty { visit(part, pieces[low]) }
      low += 1
    }
  }
}
