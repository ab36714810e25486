import Synchronization

/// Items of which each is done once a round, by whichever worker comes first.
///
/// For work whose result does not depend on who does it: each worker goes through the items in an
/// order of its own, and takes those that nobody has taken.
package final class ClaimTable: @unchecked Sendable {
  private let memory: AlignedBuffer<UInt32>
  private let rounds: UnsafeMutablePointer<Atomic<UInt32>>

  /// Creates a table before its first round, which is 1.
  ///
  /// - Parameter count: How many items there are.
  package init(count: Int) {
    memory = AlignedBuffer(count: count)
    rounds = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: Atomic<UInt32>.self, capacity: count)
    for item in 0..<count { (rounds + item).initialize(to: Atomic(0)) }
  }

  /// Takes an item, if it is free in this round.
  ///
  /// - Parameters:
  ///   - item: The item.
  ///   - round: A number different from the round before; a barrier separates rounds.
  /// - Returns: Whether the caller has it.
  @inline(__always)
  package func claim(_ item: Int, round: UInt32) -> Bool {
    rounds[item].load(ordering: .relaxed) != round
      && rounds[item].exchange(round, ordering: .relaxed) != round
  }
}
