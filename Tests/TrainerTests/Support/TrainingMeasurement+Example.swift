@testable import Parallel
@testable import Scaling
@testable import Training

extension TrainingMeasurement {
  /// A measurement that nobody made: 1 s for ten batches, on a quiet machine.
  static func example(_ configuration: MeasuredConfiguration) -> TrainingMeasurement {
    TrainingMeasurement(
      configuration: configuration, pin: .none, warmUpSteps: 20, steps: 10,
      samples: 10 * configuration.batchSize, seconds: 1, digestStep: 20, digest: "0123abcd",
      flopsPerSample: 2_407_424,
      stages: StageTimes(
        steps: 5,
        seconds: [
          .gather: 0.001, .forward: 0.03, .merge: 0.0005, .backward: 0.02, .update: 0.04,
          .wait: 0.002, .other: 0.0001,
        ]),
      probe: MachineProbe(
        peakGigaflops: 150 * Double(configuration.workers), barrierSeconds: 1e-6,
        memoryBandwidth: 1e10),
      interference: Interference(
        ownCPUs: Double(configuration.workers), otherCPUs: 0, stolenCPUs: 0,
        throttledSeconds: nil))
  }
}
