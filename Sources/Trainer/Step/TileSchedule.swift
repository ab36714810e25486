import Model
import Parallel

/// In which order each worker goes through the gradient tiles.
///
/// A tile reads its rows' columns of the layer's input and its columns of the output's gradient, of
/// all shards. So a worker first takes tiles of the same columns, rows one after the other: what it
/// reads stays in its cache, and comes from other cores once. Then it helps the others, from their
/// ends.
struct TileSchedule: Sendable {
  /// A tile of a layer's parameters.
  struct Tile: Sendable {
    let layer: Int
    let tile: GradientTile
    /// Where it starts in the flat buffers.
    let offset: Int
    let decays: Bool
  }

  let tiles: [Tile]
  /// For each worker every tile's index, its own first.
  let orders: [[Int]]

  init(_ tiles: [Tile], workerCount: Int) {
    self.tiles = tiles
    // Columns first: a contiguous share is then a band of columns.
    let banded = tiles.indices.sorted { a, b in
      key(tiles[a], columnsFirst: true) < key(tiles[b], columnsFirst: true)
    }
    let shares = (0..<workerCount).map { worker in
      Self.layers(of: banded, in: tiles).flatMap { layer in
        layer[slice(worker, of: workerCount, count: layer.count)]
      }.sorted { a, b in key(tiles[a], columnsFirst: false) < key(tiles[b], columnsFirst: false) }
    }
    orders = (0..<workerCount).map { worker in
      shares[worker]
        + (1..<max(workerCount, 1)).flatMap { shares[(worker + $0) % workerCount].reversed() }
    }
    func key(_ tile: Tile, columnsFirst: Bool) -> (Int, Int, Int) {
      let row = tile.tile.rows.lowerBound
      let column = tile.tile.columns.lowerBound
      return (tile.layer, columnsFirst ? column : row, columnsFirst ? row : column)
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
