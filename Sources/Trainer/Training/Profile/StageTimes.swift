/// The mean time per step of each kind of work, summed over all workers.
package struct StageTimes: Codable, Sendable, Equatable {
  /// The number of steps in the mean.
  package var steps: Int
  /// The time of each kind of work, in seconds per step, summed over all workers.
  package var seconds: [StageKind: Double]

  /// Creates one from its parts.
  package init(steps: Int, seconds: [StageKind: Double]) {
    self.steps = steps
    self.seconds = seconds
  }

  /// The time of all kinds of work, in seconds per step, summed over all workers.
  package var total: Double { seconds.values.reduce(0, +) }
}
