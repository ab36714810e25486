import Foundation
import Parallel
import Runs
import Training

/// What is measured: who computes, and on how many rows at a time.
package struct MeasuredConfiguration: Codable, Sendable, Hashable {
  /// Processes.
  package var ranks: Int
  /// Worker threads of each process.
  package var threads: Int
  /// Rows of a step's batch, over all ranks and threads.
  package var batchSize: Int
  /// Rows of a shard.
  package var shardSize: Int

  private enum CodingKeys: String, CodingKey {
    case ranks, threads
    case batchSize = "batch_size"
    case shardSize = "shard_size"
  }

  /// Names a configuration.
  ///
  /// - Parameters:
  ///   - ranks: Processes.
  ///   - threads: Worker threads of each process.
  ///   - batchSize: Rows of a batch.
  ///   - shardSize: Rows of a shard.
  package init(ranks: Int = 1, threads: Int, batchSize: Int, shardSize: Int) {
    self.ranks = ranks
    self.threads = threads
    self.batchSize = batchSize
    self.shardSize = shardSize
  }

  /// Worker threads of all ranks.
  package var workers: Int { ranks * threads }

  /// Shards of a whole batch.
  package var shardCount: Int { ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount }
}

/// One process's measurement of one configuration: what `trainer measure` prints.
package struct TrainingMeasurement: Codable, Sendable, Equatable {
  /// What was measured.
  package var configuration: MeasuredConfiguration
  /// Where workers were bound.
  package var pin: WorkerPlacement
  /// Steps before the clock started.
  package var warmUpSteps: Int
  /// Steps timed.
  package var steps: Int
  /// Samples of those steps.
  package var samples: Int
  /// Seconds of those steps, evaluation and the making of an epoch's order left out.
  package var seconds: Double
  /// The step after which the digest was taken.
  package var digestStep: Int
  /// The SHA-256 of the model after that step.
  package var digest: String
  /// Floating-point operations of matrix products that a sample costs in training.
  package var flopsPerSample: Int
  /// Time by stage, of further steps.
  package var stages: StageTimes
  /// What the workers reach when they do nothing but one thing.
  package var probe: MachineProbe
  /// Who else used the processors during the probes before the steps; nil in older files.
  package var probeInterference: Interference?
  /// Who else used the processors while the steps ran.
  package var interference: Interference

  private enum CodingKeys: String, CodingKey {
    case configuration, pin, steps, samples, seconds, digest, stages, probe, interference
    case warmUpSteps = "warm_up_steps"
    case digestStep = "digest_step"
    case flopsPerSample = "flops_per_sample"
    case probeInterference = "probe_interference"
  }

  /// Who else used the processors, during the probes and while the steps ran.
  package var interferences: [Interference] {
    [probeInterference, interference].compactMap(\.self)
  }

  /// Samples by seconds.
  package var samplesPerSecond: Double { Double(samples) / seconds }

  /// The share of the rate of large matrix products, on the same workers in the same seconds, that
  /// the steps' own products reach.
  package var rooflineShare: Double {
    samplesPerSecond * Double(flopsPerSample) / (probe.gemmGigaflops * 1e9)
  }
}

extension TrainingMeasurement {
  /// Reads what `trainer measure` prints.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - place: What messages name.
  /// - Throws: ``TrainerError`` that names the field.
  package init(json: Data, place: String) throws {
    self = try RecordedFile.decode(Self.self, from: json, place: place)
  }
}

/// What the workers of one measurement reach together, just before and after its steps.
package struct MachineProbe: Codable, Sendable, Equatable {
  /// Products of two 1024 x 1024 matrices, each worker on its own: 10^9 floating-point operations a
  /// second of all workers together.
  package var gemmGigaflops: Double
  /// Seconds from one barrier to the next, where workers do nothing between.
  package var barrierSeconds: Double
  /// Bytes read and written a second by all workers together, each on arrays beyond its share of the
  /// caches.
  package var memoryBandwidth: Double
  /// Seconds that a line of memory takes longer where one worker writes and another reads it, while all
  /// do; nil for one worker.
  package var lineTransferSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case gemmGigaflops = "gemm_gigaflops"
    case barrierSeconds = "barrier_seconds"
    case memoryBandwidth = "memory_bytes_per_second"
    case lineTransferSeconds = "line_transfer_seconds"
  }
}

/// What a measurement shared the processors with.
package struct Interference: Codable, Sendable, Equatable {
  /// Processors' worth of time that this process got: seconds of CPU by seconds.
  package var ownCPUs: Double
  /// Processors' worth of time that other processes used on the CPUs this one may use; nil if the
  /// system does not tell.
  package var otherCPUs: Double?
  /// Processors' worth of time that the hypervisor gave to others; nil if the system does not tell.
  package var stolenCPUs: Double?
  /// Seconds that the CPU quota kept the process waiting; nil if there is none.
  package var throttledSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case ownCPUs = "own_cpus"
    case otherCPUs = "other_cpus"
    case stolenCPUs = "stolen_cpus"
    case throttledSeconds = "throttled_seconds"
  }

  /// Processors' worth of time below which nobody's figures change.
  static let tolerated = 0.05

  /// Processors' worth of time that others had: other processes, or the hypervisor's other guests.
  var takenCPUs: Double { max(otherCPUs ?? 0, stolenCPUs ?? 0) }
}
