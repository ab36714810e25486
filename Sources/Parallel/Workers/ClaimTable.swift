import Synchronization

/// Items of which each is processed once per round, by the worker that claims it first.
///
/// For work whose result does not depend on which worker does it. Each worker visits the items in
/// its own order, and processes those that it can claim.
package final class ClaimTable: @unchecked Sendable {
  private let memory: AlignedBuffer<UInt32>
  private let rounds: UnsafeMutablePointer<Atomic<UInt32>>

  /// Creates a table whose first round is round 1.
  ///
  /// - Parameter count: The number of items.
  package init(count: Int) {
    memory = AlignedBuffer(count: count)
    rounds = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: Atomic<UInt32>.self, capacity: count)
    for item in 0..<count { (rounds + item).initialize(to: Atomic(0)) }
  }

  /// Claims an item, if no worker has claimed it in this round.
  ///
  /// - Parameters:
  ///   - item: The item.
  ///   - round: A number other than that of the previous round; a barrier separates rounds.
  /// - Returns: Whether the caller has claimed it.
  @inline(__always)
  package func claim(_ item: Int, round: UInt32) -> Bool {
    rounds[item].load(ordering: .relaxed) != round
      && rounds[item].exchange(round, ordering: .relaxed) != round
  }
}
