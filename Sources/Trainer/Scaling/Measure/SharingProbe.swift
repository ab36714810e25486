import Parallel
import Training

/// The measured costs of sharing between workers: barriers, and shared cache lines.
package struct SharingProbe: Sendable, Equatable {
  /// The time in seconds of a barrier that all workers reach at the same time.
  package var barrierSeconds: Double
  /// The additional time in seconds to access a shared cache line; nil for one worker.
  package var lineTransferSeconds: Double?

  /// The number of times that barriers are measured.
  private static let moments = 3

  /// Measures a team, in less than 0.3 s.
  ///
  /// - Parameter team: The workers, which must be idle. They should be bound if each has a CPU: on
  ///   a busy machine, the scheduler may keep two workers on one CPU for longer than the probe
  ///   takes.
  /// - Returns: The costs; of barriers the minimum, since disturbances only add to it.
  package static func measure(team: WorkerTeam) -> SharingProbe {
    var barriers: [Double] = []
    var line: Double?
    for moment in 0..<moments {
      barriers.append(BarrierProbe.seconds(team: team))
      if moment == 0 { line = TransferProbe.lineSeconds(team: team) }
    }
    return SharingProbe(
      barrierSeconds: barriers.reduce(.infinity, min), lineTransferSeconds: line)
  }

  /// Measures a temporary team, before a run has workers.
  ///
  /// - Parameters:
  ///   - workers: The number of workers.
  ///   - coreCount: The number of cores that this process may use.
  ///   - pin: How the run binds workers. If it does not, the probe spreads its workers, as the
  ///     scheduler does on an idle machine.
  ///   - isAlone: Whether no other rank would bind workers to the same CPUs.
  /// - Returns: The costs.
  /// - Throws: `SystemRefusal` if workers cannot be started, ``TrainerError`` if they cannot be
  ///   bound.
  static func measure(
    workers: Int, coreCount: Int, pin: WorkerPlacement, isAlone: Bool
  ) throws -> SharingProbe {
    let placement = pin == .none && isAlone && workers <= coreCount ? .spread : pin
    return measure(
      team: try .placed(count: workers, coreCount: coreCount, placement: placement))
  }
}
