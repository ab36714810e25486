import Synchronization

/// Hands out the numbers `0, 1, 2 …`, each to one thread.
///
/// For work whose result does not depend on who does it.
public final class ClaimCounter: Sendable {
  private let next = Atomic<Int>(0)

  /// Creates a counter at zero.
  public init() {}

  /// The next number.
  public func claim() -> Int {
    next.add(1, ordering: .relaxed).oldValue
  }

  /// Starts again at zero; a barrier separates this from every ``claim()``.
  public func reset() {
    next.store(0, ordering: .relaxed)
  }
}
