/// Points that differ only in their numbers of workers, and laws fitted to them.
package struct ScalingSeries: Codable, Sendable, Equatable {
  /// The number of rows in a batch; in weak scaling, per worker.
  package var batchSize: Int
  /// The number of rows in a shard.
  package var shardSize: Int
  /// The points, from the fewest workers to the most.
  package var points: [ScalingPoint]
  /// The fit of Amdahl's law; nil in weak scaling and if there are too few points.
  package var amdahl: AmdahlFit?
  /// The fit of the Universal Scalability Law; nil if there are too few points.
  package var universal: UniversalScalabilityFit?

  private enum CodingKeys: String, CodingKey {
    case points, amdahl
    case batchSize = "batch_size"
    case shardSize = "shard_size"
    case universal = "universal_scalability"
  }
}
