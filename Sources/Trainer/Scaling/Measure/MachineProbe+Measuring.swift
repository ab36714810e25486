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
  ///   - sharing: The measured costs of sharing, from an earlier probe.
  /// - Returns: The results of all probes.
  package static func measure(
    team: WorkerTeam, machine: Machine, cacheBytes: Int?, sharing: SharingProbe
  ) -> MachineProbe {
    let arrayBytes = BandwidthProbe.arrayBytes(
      workers: team.count, cacheBytes: cacheBytes, availableBytes: availableBytes(of: machine))
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
  /// - Returns: The smaller of both.
  static func availableBytes(of machine: Machine, limit: MemoryLimit? = .smallest()) -> Int? {
    [machine.memoryAvailable, limit?.bytes].compactMap { $0.map(Int.init(clamping:)) }.min()
  }
}
