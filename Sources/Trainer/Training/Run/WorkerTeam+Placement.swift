import Files
import Parallel

extension WorkerTeam {
  /// Starts workers and binds them to the CPUs of a placement.
  ///
  /// - Parameters:
  ///   - count: The number of workers, in `1...maximumCount`.
  ///   - coreCount: The number of cores that this process may use.
  ///   - placement: How the workers are bound to CPUs.
  ///   - topology: The CPUs of the machine; only evaluated if workers are bound.
  /// - Returns: The team.
  /// - Throws: ``TrainerError`` if the system refuses to bind a worker; `SystemRefusal` if it
  ///   refuses a thread.
  package static func placed(
    count: Int, coreCount: Int, placement: WorkerPlacement = .none,
    topology: @autoclosure () -> CPUTopology = .current()
  ) throws -> WorkerTeam {
    let team = try WorkerTeam(
      count: count, coreCount: coreCount, advice: "use a smaller \(setting: "threads")")
    guard placement != .none, let cpus = placement.cpus(workers: count, topology: topology())
    else { return team }
    do {
      try team.bind(to: cpus)
    } catch {
      throw TrainerError(
        .failed,
        "\(setting: "pin") \(placement.rawValue): \(error); "
          + "\(setting: "pin") none does not bind workers")
    }
    return team
  }
}
