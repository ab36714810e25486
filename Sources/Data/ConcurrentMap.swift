import Dispatch
import Foundation
import Parallel
import Synchronization

/// The results of a function of each index, in order, computed on as many cores as there are.
///
/// The lowest indices start first. Where the system has no threads or descriptors for Dispatch, the
/// calling thread computes all.
func concurrentMap<Output: Sendable>(
  count: Int, _ body: @Sendable (Int) -> Output
) -> [Output] {
  let threads = min(count, ProcessInfo.processInfo.activeProcessorCount)
  guard ThreadSupply.allowsDispatch(threads: threads) else { return (0..<count).map(body) }
  let results = Mutex([Int: Output]())
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let output = body(index)
    results.withLock { $0[index] = output }
  }
  return results.withLock { outputs in (0..<count).compactMap { outputs[$0] } }
}
