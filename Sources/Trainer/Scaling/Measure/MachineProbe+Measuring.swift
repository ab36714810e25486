import Machine
import Parallel

extension MachineProbe {
  /// Measures what a team reaches: two probes of about 0.1 s each, and the time to make the arrays.
  ///
  /// - Parameters:
  ///   - team: The workers; none of them at work.
  ///   - machine: The machine, which says how much memory there is.
  ///   - cacheBytes: Bytes of the last-level caches: ``CPUTopology/lastCacheBytes``; nil if not known.
  ///   - sharing: What workers cost each other, which is probed before.
  /// - Returns: What all of them found.
  package static func measure(
    team: WorkerTeam, machine: Machine, cacheBytes: Int?, sharing: SharingProbe
  ) -> MachineProbe {
    let arrayBytes = BandwidthProbe.arrayBytes(
      workers: team.count, cacheBytes: cacheBytes,
      availableBytes: machine.memoryAvailable.flatMap { Int(exactly: $0) })
    return MachineProbe(
      gemmGigaflops: GEMMProbe(team: team).measure().gigaflops,
      barrierSeconds: sharing.barrierSeconds,
      memoryBandwidth: BandwidthProbe.bytesPerSecond(team: team, arrayBytes: arrayBytes),
      lineTransferSeconds: sharing.lineTransferSeconds)
  }
}
