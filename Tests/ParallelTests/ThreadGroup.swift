import Dispatch

/// Runs a function on threads of its own, one for each index, and waits for all.
///
/// - Parameters:
///   - threadCount: How many threads.
///   - body: Called with an index in `0..<threadCount`.
func onThreads(_ threadCount: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) {
  let group = DispatchGroup()
  for index in 0..<threadCount {
    DispatchQueue(label: "test-\(index)").async(group: group) { body(index) }
  }
  group.wait()
}
