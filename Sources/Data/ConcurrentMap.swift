import Dispatch
import Synchronization

/// The results of a function of each index, in order, computed on as many cores as there are.
///
/// The lowest indices start first.
func concurrentMap<Output: Sendable>(
  count: Int, _ body: @Sendable (Int) -> Output
) -> [Output] {
  let results = Mutex([Int: Output]())
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let output = body(index)
    results.withLock { $0[index] = output }
  }
  return results.withLock { outputs in (0..<count).compactMap { outputs[$0] } }
}
