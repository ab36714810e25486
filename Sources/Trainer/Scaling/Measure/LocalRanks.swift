import Machine
import Parallel

/// The ranks on this machine; their use of its CPUs does not count as interference.
struct LocalRanks: Sendable {
  private let communicator: any Communicator
  private let ranks: [Int]
  /// The number of ranks on this machine.
  var count: Int { ranks.count }
  /// The CPUs that any of them may use.
  private let cpus: [Int]

  /// Finds the ranks on this machine; collective.
  ///
  /// - Parameters:
  ///   - communicator: All ranks.
  ///   - machine: This rank's machine.
  ///   - cpus: The CPUs that this rank may use.
  init(_ communicator: any Communicator, machine: Machine, cpus: [Int]) {
    self.communicator = communicator
    let names = communicator.allGather(Array(machine.hostname.utf8))
    let ranks = names.indices.filter { names[$0] == names[communicator.rank] }
    self.ranks = ranks
    let lists = communicator.gather(cpus)
    self.cpus = Set(ranks.flatMap { lists[$0] }).sorted()
  }

  /// The CPU times now, with those of all local ranks as this process's own; collective.
  ///
  /// - Parameter quotaSource: The file with the CPU quota.
  /// - Returns: The times.
  func times(quotaSource: String?) -> ProcessorTimes {
    var times = ProcessorTimes.current(cpus: cpus, quotaSource: quotaSource)
    let own = communicator.gather([times.own])
    times.own = ranks.reduce(0) { $0 + own[$1][0] }
    return times
  }
}
