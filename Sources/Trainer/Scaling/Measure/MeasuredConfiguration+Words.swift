import Parallel

extension MeasuredConfiguration {
  /// Its workers, short enough for a table: `1 thread` or `2 × 4 threads`.
  var label: String {
    (ranks == 1 ? "" : "\(ranks) × ") + counted(threads, "thread")
  }

  /// All of it in ASCII: `2 ranks of 4 threads, batch 512, shard 64`.
  package var words: String {
    (ranks == 1 ? "" : "\(ranks) ranks of ")
      + "\(counted(threads, "thread")), batch \(batchSize), shard \(shardSize)"
  }
}
