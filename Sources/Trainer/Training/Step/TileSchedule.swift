import Model
import Parallel

/// In which order each worker goes through the gradient tiles.
///
/// A tile reads its rows' columns of the layer's input and its columns of the output's gradient, of
/// all shards. So a worker first takes a band of rows, all columns of some rows one after the other:
/// what it reads comes from other cores once and then stays in its cache. Then it helps the others,
/// from their ends.
package struct TileSchedule: Sendable {
  /// A tile of a layer's parameters.
  package struct Tile: Sendable {
    let layer: Int
    package let tile: GradientTile
    /// Where it starts in the flat buffers.
    let offset: Int
    /// Where the tensor that it is a part of starts.
    let tensorOffset: Int
    let decays: Bool

    /// Its parameters, in floats of the flat buffers.
    var range: Range<Int> { offset..<offset + tile.count }
  }

  package let tiles: [Tile]
  /// For each worker every tile's index, its own first.
  package let orders: [[Int]]

  /// Deals tiles out.
  ///
  /// - Parameters:
  ///   - tiles: The tiles.
  ///   - workerCount: How many workers there are.
  ///   - phase: For a tile's index when it is due: all workers go through the tiles of a phase before
  ///     those of the next.
  package init(_ tiles: [Tile], workerCount: Int, phase: (Int) -> Int = { _ in 0 }) {
    self.tiles = tiles
    let phases = Dictionary(grouping: tiles.indices, by: phase).sorted { $0.key < $1.key }
    let shares = phases.map { _, indices in
      let banded = indices.sorted { a, b in key(tiles[a]) < key(tiles[b]) }
      let layers = Self.layers(of: banded, in: tiles)
      return (0..<workerCount).map { worker in
        layers.flatMap { $0[slice(worker, of: workerCount, count: $0.count)] }
      }
    }
    orders = (0..<workerCount).map { worker in
      shares.flatMap { shares in
        shares[worker]
          + (1..<max(workerCount, 1)).flatMap { shares[(worker + $0) % workerCount].reversed() }
      }
    }
    func key(_ tile: Tile) -> (Int, Int, Int) {
      (tile.layer, tile.tile.rows.lowerBound, tile.tile.columns.lowerBound)
    }
  }

  /// The gradient tiles of a network's layers, in the order of the layers.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - shardSize: Rows of a shard.
  /// - Returns: The tiles.
  package static func tiles(of network: Network, shardSize: Int) -> [Tile] {
    let layout = network.parameters
    return network.layers.enumerated().flatMap { index, layer -> [Tile] in
      guard let tiled = layer as? any TiledGradients else { return [] }
      return tiled.gradientTiles(shardSize: shardSize).map { tile in
        let offset = layout.layerOffsets[index] + tile.offset
        guard let entry = layout.entries.first(where: { $0.range.contains(offset) }) else {
          preconditionFailure("\(layer.name) has a tile in no tensor")
        }
        return Tile(
          layer: index, tile: tile, offset: offset, tensorOffset: entry.range.lowerBound,
          decays: entry.decays)
      }
    }
  }

  /// The tensors of a network that are in no tile.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - tiles: Its tiles.
  /// - Returns: The tensors, in the order of memory.
  static func mergedEntries(of network: Network, tiles: [Tile]) -> [MergedEntry] {
    let tiled = Set(tiles.map(\.tensorOffset))
    return network.parameters.entries.filter { !tiled.contains($0.range.lowerBound) }.map {
      MergedEntry(
        layer: network.parameters.layer(at: $0.range.lowerBound), range: $0.range,
        decays: $0.decays)
    }
  }

  /// The indices layer by layer.
  private static func layers(of sorted: [Int], in tiles: [Tile]) -> [[Int]] {
    var layers: [[Int]] = []
    for index in sorted {
      if let last = layers.last?.last, tiles[last].layer == tiles[index].layer {
        layers[layers.count - 1].append(index)
      } else {
        layers.append([index])
      }
    }
    return layers
  }
}

/// A tensor whose gradient comes out of a merge of the shards' partial results.
struct MergedEntry: Sendable {
  /// The layer's index.
  let layer: Int
  /// Floats of the flat buffers.
  let range: Range<Int>
  let decays: Bool
}
