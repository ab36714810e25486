import Model
import Parallel

/// Divides gradients into buckets, which ranks exchange one after another.
///
/// The parameters that each rank owns are divided into the same number of pieces. A bucket consists
/// of one piece of every rank; it is sent while tiles of later buckets are still computed.
struct GradientBuckets: Sendable {
  /// The number of buckets.
  let count: Int
  /// All pieces as ranges of the flat buffer, in its order; together they cover it.
  ///
  /// Piece `rank * count + bucket` is a rank's piece of a bucket.
  private let pieces: [Range<Int>]
  /// For each tile, the buckets that it overlaps, in ascending order.
  private let bucketsOfTiles: [[Int]]
  /// For each bucket, the number of tiles that overlap it.
  let tileCounts: [Int]

  /// Divides the parameters.
  ///
  /// - Parameters:
  ///   - shares: The parameters that each rank owns.
  ///   - count: The number of buckets, at least 1.
  ///   - tiles: The tiles in which gradients are computed.
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

  /// A rank's parameters in a bucket.
  ///
  /// - Parameters:
  ///   - bucket: The bucket.
  ///   - rank: The rank.
  /// - Returns: A range of the flat buffer in floats; may be empty.
  func range(_ bucket: Int, of rank: Int) -> Range<Int> { pieces[rank * count + bucket] }

  /// The buckets that a tile overlaps.
  ///
  /// - Parameter tile: The tile's index.
  /// - Returns: At least one, in ascending order.
  func buckets(ofTile tile: Int) -> [Int] { bucketsOfTiles[tile] }

  /// The piece of every rank in a bucket, as parts of a flat buffer for a communicator.
  func parts(_ bucket: Int) -> AlignedBuffer<RankPart> {
    let rankCount = pieces.count / count
    let parts = AlignedBuffer<RankPart>(count: rankCount)
    for rank in 0..<rankCount {
      parts.pointer[rank] = RankPart(range(bucket, of: rank), of: Float.self)
    }
    return parts
  }

  /// Divides a range of parameters at the boundaries of pieces, and visits each part.
  ///
  /// - Parameters:
  ///   - values: A range of the flat buffer in floats.
  ///   - visit: Receives a part of the range, and the piece that contains it.
  @inline(__always)
  func forEachPiece(
    of values: Range<Int>, _ visit: (_ part: Range<Int>, _ piece: Range<Int>) -> Void
  ) {
    // The last piece that starts at or before the first value.
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
