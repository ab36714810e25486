import Model
import Parallel

/// Tells the layers that keep something of their parameters which of these have changed.
struct ParameterCaches: Sendable {
  /// A layer that keeps something.
  private struct Cache: Sendable {
    let layer: any CachesParameters
    let memory: LayerMemory
    /// Where the layer's parameters start in the flat buffer, in floats.
    let offset: Int
  }

  /// For each layer of the network, nil if it keeps nothing.
  private let caches: [Cache?]
  /// All parameters that something is kept of, in parts that change at once.
  private let parts: [(layer: Int, range: Range<Int>)]

  /// Finds the layers that keep something.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - memories: The layers' memory.
  ///   - tiles: The tiles of its parameters.
  ///   - mergedEntries: The tensors in no tile.
  init(
    _ network: Network, memories: [LayerMemory], tiles: [TileSchedule.Tile],
    mergedEntries: [MergedEntry]
  ) {
    let caches = network.layers.enumerated().map { index, layer in
      (layer as? any CachesParameters).map {
        Cache(
          layer: $0, memory: memories[index], offset: network.parameters.layerOffsets[index])
      }
    }
    self.caches = caches
    parts =
      (tiles.map { (layer: $0.layer, range: $0.range) }
      + mergedEntries.map { (layer: $0.layer, range: $0.range) })
      .filter { caches[$0.layer] != nil }
  }

  /// Takes note that some of a layer's parameters have changed; by any worker.
  ///
  /// - Parameters:
  ///   - layer: The layer's index.
  ///   - range: A tile or a tensor, in floats of the flat buffer.
  @inline(__always)
  func changed(layer: Int, _ range: Range<Int>) {
    guard let cache = caches[layer] else { return }
    cache.layer.parametersChanged(
      range.lowerBound - cache.offset..<range.upperBound - cache.offset, memory: cache.memory)
  }

  /// Takes note that any parameter may have changed: one worker's part of it.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - workers: How many share the work.
  func allChanged(worker: Int, of workers: Int) {
    for index in slice(worker, of: workers, count: parts.count) {
      changed(layer: parts[index].layer, parts[index].range)
    }
  }
}
