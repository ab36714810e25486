import Parallel

extension WorkerTeam {
  /// Starts workers and binds them to the CPUs of a placement.
  ///
  /// - Parameters:
  ///   - count: How many, in `1...maximumCount`.
  ///   - coreCount: The cores that this process may use.
  ///   - placement: Which CPUs.
  ///   - topology: The machine; only read where workers are bound.
  /// - Returns: The team.
  /// - Throws: ``TrainerError`` where the system does not let a worker be bound, `SystemRefusal` where it
  ///   has not so many threads.
  package static func placed(
    count: Int, coreCount: Int, placement: WorkerPlacement,
    topology: @autoclosure () -> CPUTopology = .current()
  ) throws -> WorkerTeam {
    let team = try WorkerTeam(count: count, coreCount: coreCount)
    guard placement != .none, let cpus = placement.cpus(workers: count, topology: topology())
    else { return team }
    do {
      try team.bind(to: cpus)
    } catch {
      throw TrainerError(
        .failed, "--pin \(placement.rawValue): \(error); --pin none binds no worker")
    }
    return team
  }
}
