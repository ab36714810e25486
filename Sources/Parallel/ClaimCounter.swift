import Synchronization

/// Gives out the numbers `0, 1, 2 …`, each to one thread.
///
/// For work whose result does not depend on which thread does it.
package final class ClaimCounter: Sendable {
  private let next = Atomic<Int>(0)

  /// Creates a counter at zero.
  package init() {}

  /// The next number.
  package func claim() -> Int {
    next.add(1, ordering: .relaxed).oldValue
  }

  /// Restarts at zero.
  ///
  /// A barrier must separate this from every ``claim()``.
  package func reset() {
    next.store(0, ordering: .relaxed)
  }
}
