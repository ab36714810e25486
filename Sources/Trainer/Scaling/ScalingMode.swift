/// Whether the batch size stays constant or grows with the number of workers.
package enum ScalingMode: String, Codable, Sendable, CaseIterable {
  /// The same batch for every number of workers.
  case strong
  /// The batch grows with the workers: `batch_size` is per worker.
  case weak
}
