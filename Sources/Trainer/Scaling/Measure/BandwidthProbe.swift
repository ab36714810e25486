import CKernels
import Parallel

/// The rate at which all workers of a team together read and write memory beyond the caches.
package enum BandwidthProbe {
  /// One worker's figures.
  private struct Lane: BitwiseCopyable {
    var bytes = 0.0
    var seconds = 0.0
  }

  /// Bytes of a piece between two readings of the clock.
  private static let pieceBytes = 2 << 20
  /// What each worker has at the least: well beyond a second-level cache of its own.
  private static let leastBytesOfWorker = 32 << 20
  /// What is taken for the last-level caches where the kernel does not tell.
  private static let usualCacheBytes = 64 << 20

  /// How much memory all workers together need, so that streaming over it finds nothing in a cache.
  ///
  /// Twice the last-level caches: what is read in turn has been displaced before it is read again.
  ///
  /// - Parameters:
  ///   - workers: How many stream.
  ///   - cacheBytes: Bytes of the last-level caches; nil if not known.
  ///   - availableBytes: Memory that could be had, of which a quarter is taken at the most; nil if
  ///     not known.
  /// - Returns: Bytes. Less than twice the caches where memory is short: then caches show in the rate.
  package static func arrayBytes(workers: Int, cacheBytes: Int?, availableBytes: Int?) -> Int {
    let wanted = max(2 * (cacheBytes ?? usualCacheBytes), workers * leastBytesOfWorker)
    return min(wanted, (availableBytes ?? .max) / 4)
  }

  /// Streams a[i] += b[i] over arrays of each worker's own.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - arrayBytes: Bytes of the arrays of all workers together: see
  ///     ``arrayBytes(workers:cacheBytes:availableBytes:)``.
  ///   - seconds: How long about, above 0.
  /// - Returns: Bytes read and written a second by all workers: 12 an element. Writing fetches no line
  ///   that reading has not.
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
      // Untimed: the first touch has the kernel find the memory, on the worker's own node.
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
