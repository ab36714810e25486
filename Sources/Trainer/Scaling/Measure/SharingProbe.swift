import Parallel
import Training

/// What workers cost each other: barriers, and lines of memory that several of them use.
package struct SharingProbe: Sendable, Equatable {
  /// Seconds of a barrier that all reach at the same time.
  package var barrierSeconds: Double
  /// Seconds that a line takes longer where it is shared; nil for one worker.
  package var lineTransferSeconds: Double?

  /// Barriers are timed at so many moments.
  private static let moments = 3

  /// Probes a team, in less than 0.3 s.
  ///
  /// - Parameter team: The workers; none of them at work. Where each has a CPU, they should be bound: on a
  ///   busy machine the scheduler puts two on one CPU, and leaves them there for longer than any probe.
  /// - Returns: What was found; of barriers the least, as a disturbance only adds to it.
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

  /// Probes workers of its own, before a run has any.
  ///
  /// - Parameters:
  ///   - workers: How many.
  ///   - coreCount: The cores that this process may use.
  ///   - pin: Where a run's workers are bound; where they are not, those of the probe are spread, as the
  ///     scheduler does on a machine with nothing else to do.
  ///   - isAlone: Whether no other rank would bind workers to the same CPUs.
  /// - Returns: What was found.
  /// - Throws: `SystemRefusal` if workers cannot be started, ``TrainerError`` if they cannot be bound.
  static func measure(
    workers: Int, coreCount: Int, pin: WorkerPlacement, isAlone: Bool
  ) throws -> SharingProbe {
    let placement = pin == .none && isAlone && workers <= coreCount ? .spread : pin
    return measure(
      team: try .placed(count: workers, coreCount: coreCount, placement: placement))
  }
}
