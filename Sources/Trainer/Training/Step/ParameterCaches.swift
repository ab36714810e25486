import Model
import Parallel

/// Notifies layers with copies of their parameters when the parameters change.
struct ParameterCaches: Sendable {
  /// A layer with copies of its parameters.
  private struct Cache: Sendable {
    let layer: any CachesParameters
    let memory: LayerMemory
    /// The offset of the layer's parameters in the flat buffer, in floats.
    let offset: Int
  }

  /// For each layer of the network, its cache; nil if it has no copies.
  private let caches: [Cache?]
  /// All parameters with copies, divided into tiles and tensors that change together.
  private let parts: [(layer: Int, range: Range<Int>)]

  /// Finds the layers with copies of their parameters.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - memories: For each layer, its memory.
  ///   - tiles: The tiles of the network's parameters.
  ///   - mergedEntries: The tensors that are not divided into tiles.
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

  /// Updates the copies of a layer's parameters after a change; called by any worker.
  ///
  /// - Parameters:
  ///   - layer: The layer's index.
  ///   - range: The tile or tensor that changed, as a range of the flat buffer in floats.
  @inline(__always)
  func changed(layer: Int, _ range: Range<Int>) {
    guard let cache = caches[layer] else { return }
    cache.layer.parametersChanged(
      range.lowerBound - cache.offset..<range.upperBound - cache.offset, memory: cache.memory)
  }

  /// Updates one worker's share of all copies, since any parameter may have changed.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - workers: The number of workers that share the work.
  func allChanged(worker: Int, of workers: Int) {
    for index in slice(worker, of: workers, count: parts.count) {
      changed(layer: parts[index].layer, parts[index].range)
    }
  }
}
