import Foundation
import Parallel
import Runs
import Training

/// A configuration to measure: numbers of ranks and threads, batch size and shard size.
package struct MeasuredConfiguration: Codable, Sendable, Hashable {
  /// The number of processes.
  package var ranks: Int
  /// The number of worker threads per process.
  package var threads: Int
  /// The number of rows in the batch of a step, over all ranks and threads.
  package var batchSize: Int
  /// The number of rows in a shard.
  package var shardSize: Int

  private enum CodingKeys: String, CodingKey {
    case ranks, threads
    case batchSize = "batch_size"
    case shardSize = "shard_size"
  }

  /// Creates a configuration.
  ///
  /// - Parameters:
  ///   - ranks: The number of processes.
  ///   - threads: The number of worker threads per process.
  ///   - batchSize: The number of rows in a batch, over all ranks and threads.
  ///   - shardSize: The number of rows in a shard.
  package init(ranks: Int = 1, threads: Int, batchSize: Int, shardSize: Int) {
    self.ranks = ranks
    self.threads = threads
    self.batchSize = batchSize
    self.shardSize = shardSize
  }

  /// The number of worker threads of all ranks.
  package var workers: Int { ranks * threads }
}

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

  /// The rate of the steps' products, as a share of the FMA peak of the same workers at the same time;
  /// nil in files of older versions.
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

/// The rates of all workers of a measurement together, just before and after its steps.
package struct MachineProbe: Codable, Sendable, Equatable {
  /// The FMA peak of all workers together, in 10^9 floating-point operations per second; nil in files
  /// of older versions.
  package var peakGigaflops: Double?
  /// The rate of OpenBLAS's products of 1024 x 1024 matrices by all workers together, in the same unit:
  /// older versions measured it in place of the FMA peak.
  package var productGigaflops: Double?
  /// The time in seconds from one barrier to the next, without work in between.
  package var barrierSeconds: Double
  /// The bytes read and written per second by all workers together, on arrays larger than the
  /// caches.
  package var memoryBandwidth: Double
  /// The additional time in seconds to access a cache line that one worker writes and another
  /// reads, while all workers do so; nil for one worker.
  package var lineTransferSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case peakGigaflops = "peak_gigaflops"
    case productGigaflops = "gemm_gigaflops"
    case barrierSeconds = "barrier_seconds"
    case memoryBandwidth = "memory_bytes_per_second"
    case lineTransferSeconds = "line_transfer_seconds"
  }

  /// The rate that was measured, for ratios of workers' rates: the FMA peak, or that of products.
  var gigaflops: Double? { peakGigaflops ?? productGigaflops }
}

/// Other uses of the CPUs during a measurement.
package struct Interference: Codable, Sendable, Equatable {
  /// The average number of CPUs that this process used: CPU seconds per second.
  package var ownCPUs: Double
  /// The average number of CPUs that other processes used, among the CPUs that this process may
  /// use; nil if unknown.
  package var otherCPUs: Double?
  /// The average number of CPUs that the hypervisor gave to other guests; nil if unknown.
  package var stolenCPUs: Double?
  /// The time in seconds that the CPU quota made the process wait; nil if there is no quota.
  package var throttledSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case ownCPUs = "own_cpus"
    case otherCPUs = "other_cpus"
    case stolenCPUs = "stolen_cpus"
    case throttledSeconds = "throttled_seconds"
  }

  /// The average number of CPUs below which interference is ignored.
  static let tolerated = 0.05

  /// The average number of CPUs used by others: by other processes, or by other guests of the
  /// hypervisor.
  var takenCPUs: Double { max(otherCPUs ?? 0, stolenCPUs ?? 0) }
}
