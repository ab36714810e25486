import Parallel

extension WorkerTeam {
  /// A team for a test, which cannot go on without it.
  ///
  /// - Parameter count: How many workers.
  /// - Returns: The team, which shares two cores.
  package static func started(_ count: Int) -> WorkerTeam {
    do {
      return try WorkerTeam(count: count, coreCount: 2)
    } catch {
      fatalError("\(error)")
    }
  }
}
