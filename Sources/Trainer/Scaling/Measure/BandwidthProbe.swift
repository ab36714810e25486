import CKernels
import Parallel

/// Measures the rate at which all workers of a team together read and write memory outside the
/// caches.
package enum BandwidthProbe {
  /// The measurements of one worker.
  private struct Lane: BitwiseCopyable {
    var bytes = 0.0
    var seconds = 0.0
  }

  /// The number of bytes processed between two readings of the clock.
  private static let pieceBytes = 2 << 20
  /// The smallest array of a worker: much larger than its own second-level cache.
  private static let leastBytesOfWorker = 32 << 20
  /// The assumed size of the last-level caches if it is unknown.
  private static let usualCacheBytes = 64 << 20

  /// The array size at which streaming finds no data in a cache.
  ///
  /// It is twice the size of the last-level caches: data are evicted before they are read again.
  ///
  /// - Parameters:
  ///   - workers: The number of workers that stream.
  ///   - cacheBytes: The size of the last-level caches in bytes; nil if unknown.
  ///   - availableBytes: The available memory in bytes, of which at most a quarter is used; nil if
  ///     unknown.
  /// - Returns: The number of bytes. If memory is short, it is less than twice the caches, and the
  ///   rate includes cache hits.
  package static func arrayBytes(workers: Int, cacheBytes: Int?, availableBytes: Int?) -> Int {
    let wanted = max(2 * (cacheBytes ?? usualCacheBytes), workers * leastBytesOfWorker)
    return min(wanted, (availableBytes ?? .max) / 4)
  }

  /// Streams a[i] += b[i] over arrays of each worker's own.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - arrayBytes: The size in bytes of the arrays of all workers together: see
  ///     ``arrayBytes(workers:cacheBytes:availableBytes:)``.
  ///   - seconds: The approximate duration, above 0.
  /// - Returns: The bytes read and written per second by all workers: 12 per element, since a
  ///   written line was already fetched by reading.
  package static func bytesPerSecond(
    team: WorkerTeam, arrayBytes: Int, seconds: Double = 0.1
  ) -> Double {
    let lanes = AlignedBuffer<Lane>(count: team.count)
    let size = MemoryLayout<Float>.stride
    let pieceCount = max(1, arrayBytes / (team.count * 2 * pieceBytes))
    let piece = pieceBytes / size
    team.run { worker in
      let sums = AlignedBuffer<Float>(count: pieceCount * piece)
      let terms = AlignedBuffer<Float>(count: pieceCount * piece)
      // Not timed: the first touch allocates the memory on the worker's own node.
      sums.elements.update(repeating: 0)
      terms.elements.update(repeating: 1)
      team.barrier.wait()
      var lane = Lane()
      let start = ContinuousClock.now
      var next = 0
      repeat {
        kernel_add(sums.pointer + next * piece, terms.pointer + next * piece, Int64(piece))
        next = (next + 1) % pieceCount
        lane.bytes += Double(3 * pieceBytes)
        lane.seconds = (ContinuousClock.now - start) / .seconds(1)
      } while lane.seconds < seconds
      lanes.pointer[worker] = lane
    }
    return lanes.elements.reduce(0) { $0 + $1.bytes / $1.seconds }
  }
}
