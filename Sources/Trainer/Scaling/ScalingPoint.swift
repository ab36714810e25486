import Training

/// A measured point: the measurements of one configuration, with medians and intervals.
package struct ScalingPoint: Codable, Sendable, Equatable {
  /// The measured configuration.
  package var configuration: MeasuredConfiguration
  /// Whether there are more workers than CPUs, so that the scheduler is measured too.
  package var isOversubscribed: Bool
  /// Whether there are more workers than physical cores, so that some share one.
  package var sharesCores: Bool
  /// The rate in samples per second.
  package var samplesPerSecond: Estimate
  /// The rate divided by that of the series' first point, for which it is 1.
  package var speedup: Estimate
  /// The speedup divided by the growth of the number of workers.
  package var efficiency: Estimate
  /// The serial fraction of Karp and Flatt 1990; nil for one worker, in weak scaling, and if the
  /// series does not begin with one worker.
  package var serialFraction: Estimate?
  /// The share of the FMA peak of the same workers at the same time; nil in files of older
  /// versions, which measured matrix products instead.
  package var peakShare: Estimate?
  /// The seconds per step by stage, of all workers together; means over the repeats.
  package var stages: StageTimes
  /// The SHA-256 of the model, the same in all repeats.
  package var digest: String
  /// The single measurements, in the order of the rounds.
  package var measurements: [TrainingMeasurement]

  private enum CodingKeys: String, CodingKey {
    case configuration, speedup, efficiency, stages, digest, measurements
    case isOversubscribed = "oversubscribed"
    case sharesCores = "shares_cores"
    case samplesPerSecond = "samples_per_second"
    case serialFraction = "serial_fraction"
    case peakShare = "peak_share"
  }
}
