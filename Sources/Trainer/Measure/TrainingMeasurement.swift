import Foundation
import Parallel

/// What is measured: who computes, and on how many rows at a time.
public struct MeasuredConfiguration: Codable, Sendable, Hashable {
  /// Processes.
  public var ranks: Int
  /// Worker threads of each process.
  public var threads: Int
  /// Rows of a step's batch, over all ranks and threads.
  public var batchSize: Int
  /// Rows of a shard.
  public var shardSize: Int

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
  public init(ranks: Int = 1, threads: Int, batchSize: Int, shardSize: Int) {
    self.ranks = ranks
    self.threads = threads
    self.batchSize = batchSize
    self.shardSize = shardSize
  }

  /// Worker threads of all ranks.
  public var workers: Int { ranks * threads }

  /// Shards of a whole batch.
  public var shardCount: Int { ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount }
}

/// One process's measurement of one configuration: what `trainer measure` prints.
public struct TrainingMeasurement: Codable, Sendable, Equatable {
  /// What was measured.
  public var configuration: MeasuredConfiguration
  /// Where workers were bound.
  public var pin: WorkerPlacement
  /// Steps before the clock started.
  public var warmUpSteps: Int
  /// Steps timed.
  public var steps: Int
  /// Samples of those steps.
  public var samples: Int
  /// Seconds of those steps, evaluation and the making of an epoch's order left out.
  public var seconds: Double
  /// The step after which the digest was taken.
  public var digestStep: Int
  /// The SHA-256 of the model after that step.
  public var digest: String
  /// Floating-point operations of matrix products that a sample costs in training.
  public var flopsPerSample: Int
  /// Time by stage, of further steps.
  public var stages: StageTimes
  /// What the workers reach when they do nothing but one thing.
  public var probe: MachineProbe
  /// Who else used the processors during the probes before the steps; nil in older files.
  public var probeInterference: Interference?
  /// Who else used the processors while the steps ran.
  public var interference: Interference

  private enum CodingKeys: String, CodingKey {
    case configuration, pin, steps, samples, seconds, digest, stages, probe, interference
    case warmUpSteps = "warm_up_steps"
    case digestStep = "digest_step"
    case flopsPerSample = "flops_per_sample"
    case probeInterference = "probe_interference"
  }

  /// Who else used the processors, during the probes and while the steps ran.
  public var interferences: [Interference] {
    [probeInterference, interference].compactMap(\.self)
  }

  /// Samples by seconds.
  public var samplesPerSecond: Double { Double(samples) / seconds }

  /// The share of the rate of large matrix products, on the same workers in the same seconds, that
  /// the steps' own products reach.
  public var rooflineShare: Double {
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
  public init(json: Data, place: String) throws {
    self = try RecordedFile.decode(Self.self, from: json, place: place)
  }
}

/// What the workers of one measurement reach together, just before and after its steps.
public struct MachineProbe: Codable, Sendable, Equatable {
  /// Products of two 1024 x 1024 matrices, each worker on its own: 10^9 floating-point operations a
  /// second of all workers together.
  public var gemmGigaflops: Double
  /// Seconds from one barrier to the next, where workers do nothing between.
  public var barrierSeconds: Double
  /// Bytes read and written a second by all workers together, each on arrays beyond its share of the
  /// caches.
  public var memoryBandwidth: Double
  /// Seconds that a line of memory takes longer where one worker writes and another reads it, while all
  /// do; nil for one worker.
  public var lineTransferSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case gemmGigaflops = "gemm_gigaflops"
    case barrierSeconds = "barrier_seconds"
    case memoryBandwidth = "memory_bytes_per_second"
    case lineTransferSeconds = "line_transfer_seconds"
  }
}

/// What a measurement shared the processors with.
public struct Interference: Codable, Sendable, Equatable {
  /// Processors' worth of time that this process got: seconds of CPU by seconds.
  public var ownCPUs: Double
  /// Processors' worth of time that other processes used on the CPUs this one may use; nil where the
  /// system does not tell.
  public var otherCPUs: Double?
  /// Processors' worth of time that the hypervisor gave to others; nil where the system does not tell.
  public var stolenCPUs: Double?
  /// Seconds that the CPU quota kept the process waiting; nil where there is none.
  public var throttledSeconds: Double?

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
