import Synchronization

/// Gives out the numbers `0, 1, 2 …`, each to one thread.
///
/// For work whose result does not depend on which thread does it.
package final class ClaimCounter: Sendable {
  private let next = Atomic<Int>(0)

  /// Creates a counter at zero.
  package init() {}

  /// The next number.
  ///
  /// - Parameter count: The end of the numbers.
  /// - Returns: A number less than `count`; nil if all of those are given out.
  package func claim(below count: Int) -> Int? {
    let number = next.add(1, ordering: .relaxed).oldValue
    return number < count ? number : nil
  }

  /// Restarts at zero.
  ///
  /// A barrier must separate this from every ``claim(below:)``.
  package func reset() {
    next.store(0, ordering: .relaxed)
  }
}
