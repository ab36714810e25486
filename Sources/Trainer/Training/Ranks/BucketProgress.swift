import Parallel
import Synchronization

/// Which buckets of gradients are complete, as workers finish tiles.
final class BucketProgress: @unchecked Sendable {
  /// For each bucket how many tiles have a part in it.
  private let tileCounts: [Int]
  private let memory: AlignedBuffer<Int>
  /// For each bucket how many of them are finished.
  private let finished: UnsafeMutablePointer<Atomic<Int>>
  /// The bucket that is sent next; worker 0's.
  private var next = 0

  /// Creates it before the first step.
  ///
  /// - Parameter tileCounts: For each bucket how many tiles have a part in it.
  init(tileCounts: [Int]) {
    self.tileCounts = tileCounts
    memory = AlignedBuffer(count: tileCounts.count)
    finished = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: Atomic<Int>.self, capacity: tileCounts.count)
    for bucket in tileCounts.indices { (finished + bucket).initialize(to: Atomic(0)) }
  }

  /// Counts a tile, whose values the worker that sends the bucket sees then.
  func finishedTile(of bucket: Int) {
    finished[bucket].wrappingAdd(1, ordering: .releasing)
  }

  /// The next bucket, if all its tiles are finished; by worker 0.
  ///
  /// - Returns: Each bucket once a step, in their order.
  func nextFinished() -> Int? {
    guard next < tileCounts.count,
      finished[next].load(ordering: .acquiring) == tileCounts[next]
    else { return nil }
    next += 1
    return next - 1
  }

  /// Starts a bucket's next step; by worker 0, a barrier before any worker's next tile.
  func reset(_ bucket: Int) {
    finished[bucket].store(0, ordering: .relaxed)
    if bucket == tileCounts.count - 1 { next = 0 }
  }
}
