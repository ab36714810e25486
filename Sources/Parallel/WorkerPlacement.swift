/// Which CPUs workers are bound to.
public enum WorkerPlacement: String, Codable, Sendable, CaseIterable {
  /// The scheduler moves workers as it likes.
  case none
  /// One core after the other, a NUMA node's before the next node's; SMT siblings when every core has
  /// a worker.
  case compact
  /// As many cores of every NUMA node, and of every group that shares a cache; SMT siblings when every
  /// core has a worker.
  case spread
}
