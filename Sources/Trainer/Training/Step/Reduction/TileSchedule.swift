import Model
import Parallel

/// The order in which each worker processes the tiles of gradients.
///
/// The gradient of a tile reads, over all rows, the columns of the layer's input that belong to
/// the tile's rows, and the columns of the output's gradient that belong to the tile's columns. So
/// a worker first processes a band of rows: all columns of some rows, one after another. It then
/// reads data from other cores only once and keeps them in its cache. Afterwards it helps the other
/// workers, starting at the ends of their bands.
package struct TileSchedule: Sendable {
  /// A tile of a layer's parameters.
  package struct Tile: Sendable {
    let layer: Int
    package let tile: GradientTile
    /// The offset of the tile in the flat buffers, in floats.
    let offset: Int
    /// The offset of the tensor that contains the tile, in floats.
    let tensorOffset: Int
    /// Whether weight decay applies.
    let decays: Bool

    /// The parameters of the tile as a range of the flat buffers, in floats.
    var range: Range<Int> { offset..<offset + tile.count }
  }

  package let tiles: [Tile]
  /// For each worker, the indices of all tiles in its order, its own tiles first.
  package let orders: [[Int]]

  /// Distributes tiles among workers.
  ///
  /// - Parameters:
  ///   - tiles: The tiles.
  ///   - workerCount: The number of workers.
  ///   - phase: Returns the phase of a tile by its index. All workers process the tiles of one
  ///     phase before those of the next.
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
  /// - Parameter network: The network.
  /// - Returns: The tiles.
  package static func tiles(of network: Network) -> [Tile] {
    let layout = network.parameters
    return network.layers.enumerated().flatMap { index, layer -> [Tile] in
      guard let tiled = layer as? any TiledGradients else { return [] }
      return tiled.gradientTiles().map { tile in
        let offset = layout.layerOffsets[index] + tile.offset
        guard let entry = layout.entries.first(where: { $0.range.contains(offset) }) else {
          preconditionFailure("\(layer.name) has a tile outside its tensors")
        }
        return Tile(
          layer: index, tile: tile, offset: offset, tensorOffset: entry.range.lowerBound,
          decays: entry.decays)
      }
    }
  }

  /// The tensors of a network that are not divided into tiles.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - tiles: Its tiles.
  /// - Returns: The tensors, in the order of the flat buffer.
  static func mergedEntries(of network: Network, tiles: [Tile]) -> [MergedEntry] {
    let tiled = Set(tiles.map(\.tensorOffset))
    return network.parameters.entries.filter { !tiled.contains($0.range.lowerBound) }.map {
      MergedEntry(
        layer: network.parameters.layer(at: $0.range.lowerBound), range: $0.range,
        decays: $0.decays)
    }
  }

  /// Groups sorted indices of tiles by layer.
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
