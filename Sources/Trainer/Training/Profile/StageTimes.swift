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
  package var total: Double { seconds.sumInOrder }
}

extension Dictionary where Key: CaseIterable, Value == Double {
  /// The sum of the values in the order of the keys' cases.
  ///
  /// The order of a dictionary differs between processes, and with it the rounding of a sum.
  package var sumInOrder: Double { Key.allCases.reduce(0) { $0 + self[$1, default: 0] } }
}
