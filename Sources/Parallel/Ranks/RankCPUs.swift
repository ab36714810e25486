/// The CPUs that a rank can use, if ranks on one machine share some.
///
/// A CPU that k ranks may use counts 1/k for each of them. So ranks that are bound to CPUs get
/// those CPUs, and ranks that are not bound divide the CPUs of the machine.
package struct RankCPUs: Sendable, Equatable {
  /// The threads to use, at least 1.
  package let count: Int
  /// Whether there are fewer CPUs than ranks that share them.
  package let isOversubscribed: Bool
  /// The number of ranks on this machine.
  package let localRankCount: Int
  /// Whether another rank may run on some of this rank's CPUs.
  package let sharesCPUs: Bool
  /// One sentence that explains `count`.
  package let reason: String

  /// Divides CPUs among ranks.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that this process may use.
  ///   - masks: The affinity masks of all ranks on this machine, one bit per CPU.
  ///   - own: The index of this rank in `masks`.
  ///   - cpusPerTask: The number of CPUs that the scheduler gave each rank; nil if unknown.
  package init(usable: UsableCPUs, masks: [[UInt8]], own: Int, cpusPerTask: Int?) {
    localRankCount = masks.count
    var share = 0.0
    var sharesCPUs = false
    for (place, byte) in masks[own].enumerated() where byte != 0 {
      for bit in 0..<8 where byte >> bit & 1 == 1 {
        let sharers = masks.count { place < $0.count && $0[place] >> bit & 1 == 1 }
        share += 1 / Double(sharers)
        if sharers > 1 { sharesCPUs = true }
      }
    }
    self.sharesCPUs = sharesCPUs
    // Without a mask, the machine's CPUs are divided evenly.
    if share == 0 { share = Double(usable.count) / Double(masks.count) }
    var reason =
      masks.count == 1
      ? usable.reason
      : "\(counted(usable.affinityCount, "CPU")) in the affinity mask, divided among the "
        + "\(masks.count) ranks here as far as they share them"
    if let quota = usable.quota, quota / Double(masks.count) < share {
      share = quota / Double(masks.count)
      reason = "CPU quota of \(quota), divided among the \(masks.count) ranks here"
    }
    if let cpusPerTask, Double(cpusPerTask) < share {
      share = Double(cpusPerTask)
      reason = "SLURM_CPUS_PER_TASK is \(cpusPerTask)"
    }
    // Rounding: thirds and sevenths may add up to slightly less than a whole.
    count = max(1, min(usable.count, Int(share + 1e-9)))
    isOversubscribed = share + 1e-9 < 1
    self.reason = reason
  }

  /// Divides the CPUs of this machine among its ranks; collective.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that this process may use.
  ///   - communicator: All ranks.
  ///   - hostname: The machine's name.
  ///   - environment: The process's environment.
  /// - Returns: The CPUs of this rank.
  package static func divide(
    _ usable: UsableCPUs, among communicator: any Communicator, hostname: String,
    environment: [String: String]
  ) -> RankCPUs {
    let masks = communicator.allGather(AffinityMask(cpus: usable.cpus).bytes)
    let hosts = communicator.allGather(Array(hostname.utf8))
    let local = hosts.indices.filter { hosts[$0] == hosts[communicator.rank] }
    return RankCPUs(
      usable: usable, masks: local.map { masks[$0] },
      own: local.firstIndex(of: communicator.rank) ?? 0,
      cpusPerTask: environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init).flatMap {
        $0 > 0 ? $0 : nil
      })
  }
}
