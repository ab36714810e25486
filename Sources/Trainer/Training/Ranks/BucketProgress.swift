import Parallel
import Synchronization

/// Counts the finished tiles of each bucket of gradients, to find buckets that can be sent.
final class BucketProgress: @unchecked Sendable {
  /// For each bucket, the number of tiles that overlap it.
  private let tileCounts: [Int]
  private let memory: AlignedBuffer<Int>
  /// For each bucket, the number of these tiles that are finished.
  private let finished: UnsafeMutablePointer<Atomic<Int>>
  /// The bucket to send next; only worker 0 uses it.
  private var next = 0

  /// Creates the counters, all zero.
  ///
  /// - Parameter tileCounts: For each bucket, the number of tiles that overlap it.
  init(tileCounts: [Int]) {
    self.tileCounts = tileCounts
    memory = AlignedBuffer(count: tileCounts.count)
    finished = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: Atomic<Int>.self, capacity: tileCounts.count)
    for bucket in tileCounts.indices { (finished + bucket).initialize(to: Atomic(0)) }
  }

  /// Counts a finished tile; any worker may call this.
  ///
  /// The worker that sends the bucket sees the values of the tile.
  func finishedTile(of bucket: Int) {
    finished[bucket].wrappingAdd(1, ordering: .releasing)
  }

  /// The next bucket if all its tiles are finished; called by worker 0.
  ///
  /// - Returns: The bucket; nil if tiles are missing. Each bucket is returned once per step, in
  ///   order.
  func nextFinished() -> Int? {
    guard next < tileCounts.count,
      finished[next].load(ordering: .acquiring) == tileCounts[next]
    else { return nil }
    next += 1
    return next - 1
  }

  /// Resets a bucket for the next step; called by worker 0.
  ///
  /// A barrier must follow before any worker finishes a tile of the next step.
  func reset(_ bucket: Int) {
    finished[bucket].store(0, ordering: .relaxed)
    if bucket == tileCounts.count - 1 { next = 0 }
  }
}
