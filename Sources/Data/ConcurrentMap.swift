import Foundation
import Parallel
import Synchronization

/// Computes a function of each index on all available cores, and returns the results in order.
///
/// The lowest indices start first. The calling thread works too. It works alone if the system
/// refuses other threads.
///
/// - Parameters:
///   - count: The number of indices.
///   - body: The function.
/// - Returns: The results (count).
package func concurrentMap<Output: Sendable>(
  count: Int, _ body: @escaping @Sendable (Int) -> Output
) -> [Output] {
  let indices = ClaimCounter()
  let results = Mutex([Int: Output]())
  let work: @Sendable () -> Void = {
    while let index = indices.claim(below: count) {
      let output = body(index)
      results.withLock { $0[index] = output }
    }
  }
  let threads = min(count, ProcessInfo.processInfo.activeProcessorCount)
  let others = (0..<max(0, threads - 1)).compactMap { _ in OwnThread(work) }
  work()
  for thread in others { thread.join() }
  return results.withLock { outputs in (0..<count).compactMap { outputs[$0] } }
}
