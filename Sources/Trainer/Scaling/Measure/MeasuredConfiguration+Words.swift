import Parallel

extension MeasuredConfiguration {
  /// Ranks and threads as a short text for tables: `1 thread` or `2 × 4 threads`.
  var label: String {
    (ranks == 1 ? "" : "\(ranks) × ") + counted(threads, "thread")
  }

  /// The configuration as ASCII text: `2 ranks of 4 threads, batch 512, shard 64`.
  package var words: String {
    (ranks == 1 ? "" : "\(ranks) ranks of ")
      + "\(counted(threads, "thread")), batch \(batchSize), shard \(shardSize)"
  }
}
