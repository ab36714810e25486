import Foundation
import Parallel
import Runs
import Training

/// One process's measurement of one configuration, which `trainer measure` prints.
package struct TrainingMeasurement: Codable, Sendable, Equatable {
  /// The measured configuration.
  package var configuration: MeasuredConfiguration
  /// The placement of workers on CPUs.
  package var pin: WorkerPlacement
  /// The number of steps before the clock started.
  package var warmUpSteps: Int
  /// The number of timed steps.
  package var steps: Int
  /// The number of samples in the timed steps.
  package var samples: Int
  /// The time of the timed steps in seconds, without evaluation and the shuffling of epochs.
  package var seconds: Double
  /// The step after which the digest was taken.
  package var digestStep: Int
  /// The SHA-256 of the model after that step.
  package var digest: String
  /// The floating-point operations of matrix products per sample in training.
  package var flopsPerSample: Int
  /// The time by stage, from additional steps.
  package var stages: StageTimes
  /// The rates of single operations on the same workers.
  package var probe: MachineProbe
  /// The interference during the probes before the steps; nil in older files.
  package var probeInterference: Interference?
  /// The interference during the steps.
  package var interference: Interference

  private enum CodingKeys: String, CodingKey {
    case configuration, pin, steps, samples, seconds, digest, stages, probe, interference
    case warmUpSteps = "warm_up_steps"
    case digestStep = "digest_step"
    case flopsPerSample = "flops_per_sample"
    case probeInterference = "probe_interference"
  }

  /// The interference during the probes and during the steps.
  package var interferences: [Interference] {
    [probeInterference, interference].compactMap(\.self)
  }

  /// The number of samples per second.
  package var samplesPerSecond: Double { Double(samples) / seconds }

  /// The rate of the steps' products, as a share of the FMA peak of the same workers at the same
  /// time; nil in files of older versions.
  package var peakShare: Double? {
    probe.peakGigaflops.map { samplesPerSecond * Double(flopsPerSample) / ($0 * 1e9) }
  }
}

extension TrainingMeasurement {
  /// Parses the output of `trainer measure`.
  ///
  /// - Parameters:
  ///   - json: The output.
  ///   - place: The name for messages.
  /// - Throws: ``TrainerError`` that names the field.
  package init(json: Data, place: String) throws {
    self = try RecordedFile.decode(Self.self, from: json, place: place)
  }
}
