import Machine
import Model
import Parallel

extension MachineProbe {
  /// Measures the rates of a team with two probes of about 0.1 s each, plus the time to make the
  /// arrays.
  ///
  /// - Parameters:
  ///   - team: The workers, which must be idle.
  ///   - machine: The machine, for the size of its memory.
  ///   - cacheBytes: The size of the last-level caches in bytes: ``CPUTopology/lastCacheBytes``;
  ///     nil if unknown.
  ///   - usedBytes: The memory that the processes of this machine's ranks hold already: their data
  ///     sets.
  ///   - sharing: The measured costs of sharing, from an earlier probe.
  /// - Returns: The results of all probes.
  package static func measure(
    team: WorkerTeam, machine: Machine, cacheBytes: Int?, usedBytes: Int, sharing: SharingProbe
  ) -> MachineProbe {
    let arrayBytes = BandwidthProbe.arrayBytes(
      workers: team.count, cacheBytes: cacheBytes,
      availableBytes: availableBytes(of: machine, usedBytes: usedBytes))
    return MachineProbe(
      peakGigaflops: FMAPeak.measure(team: team).gigaflops,
      barrierSeconds: sharing.barrierSeconds,
      memoryBandwidth: BandwidthProbe.bytesPerSecond(team: team, arrayBytes: arrayBytes),
      lineTransferSeconds: sharing.lineTransferSeconds)
  }

  /// The memory that is available to this process, in bytes; nil if it is unknown.
  ///
  /// - Parameters:
  ///   - machine: The machine.
  ///   - limit: What limits the memory besides the machine; nil for nothing.
  ///   - usedBytes: What is in use already, and counts for the limit.
  /// - Returns: The smaller of what the machine has left and what the limit leaves.
  static func availableBytes(
    of machine: Machine, limit: MemoryLimit? = .smallest(), usedBytes: Int
  ) -> Int? {
    let ofMachine = machine.memoryAvailable.map(Int.init(clamping:))
    let ofLimit = limit.map { max(0, Int(clamping: $0.bytes) - usedBytes) }
    return [ofMachine, ofLimit].compactMap(\.self).min()
  }
}
