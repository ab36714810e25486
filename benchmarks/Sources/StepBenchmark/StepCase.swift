import Foundation
import ImageData
import Machine
import Model
import Parallel
import Scaling
import Training

/// One configuration: its model, workers and samples a second, round by round.
final class StepCase {
  private let engine: Engine
  private let batchSize: Int
  private let shardSize: Int
  private let threads: Int
  private let sampleCount: Int
  private let source: SampleSource
  private let dataset: Dataset
  private let order: AlignedBuffer<UInt32>
  private let plain: BatchComputation
  private let profiled: BatchComputation
  private let network: Network
  private let optimizer: OptimizerPass
  private let arrayBytes: Int
  private var bandwidths: [Double] = []
  private var rates: [Double] = []
  private var shares: [Double] = []
  private var profiledSteps = 0

  init(
    dataset: Dataset, engine: Engine, batchSize: Int, shardSize: Int, threads: Int
  ) throws {
    try engine.load()
    self.dataset = dataset
    self.engine = engine
    self.batchSize = batchSize
    self.shardSize = shardSize
    self.threads = threads
    sampleCount = dataset.training.count
    source = SampleSource(dataset.training)
    order = AlignedBuffer(count: sampleCount)
    EpochOrder.fillShuffled(order.elements, seed: 0, epoch: 1)
    let configuration = TrainingConfiguration(threads: threads)
    let network = Network(
      try configuration.architecture(for: dataset), seed: 0, engine: engine)
    self.network = network
    let state = ModelState(network: network, seed: 0, optimizerStateCount: 2)
    let team = try WorkerTeam(count: threads, coreCount: UsableCPUs.current().count)
    optimizer = OptimizerPass(team: team, count: network.parameters.valueCount)
    arrayBytes = BandwidthProbe.arrayBytes(
      workers: threads, cacheBytes: CPUTopology.current().lastCacheBytes,
      availableBytes: Machine.current().memoryAvailable.flatMap { Int(exactly: $0) })
    plain = BatchComputation(
      state: state, team: team, batchCapacity: batchSize, shardSize: .rows(shardSize))
    profiled = BatchComputation(
      state: state, team: team, batchCapacity: batchSize, shardSize: .rows(shardSize),
      profile: StageProfile(network: network, workerCount: threads, capacity: 50_000))
    try engine.reserve(callers: threads)
    plain.parametersChanged()
  }

  /// One round: steps for some seconds, a few with the profile on, and what memory gives.
  func measure(seconds: Double) {
    _ = run(plain, steps: 5)
    let perStep = run(plain, steps: 10) / 10
    let steps = max(10, Int(seconds / perStep))
    let before = FMAPeak.measure(team: plain.team, seconds: 0.2).gigaflops
    let rate = Double(steps * batchSize) / run(plain, steps: steps)
    let after = FMAPeak.measure(team: plain.team, seconds: 0.2).gigaflops
    rates.append(rate)
    shares.append(rate * Double(network.trainingFlopsPerSample) / 1e9 / ((before + after) / 2))
    profiled.parametersChanged()
    _ = run(profiled, steps: 20)
    profiledSteps += 20
    plain.parametersChanged()
    optimizer.measure(steps: 20)
    bandwidths.append(BandwidthProbe.bytesPerSecond(team: plain.team, arrayBytes: arrayBytes))
  }

  /// Runs whole batches in the order of an epoch, around it where it ends; returns seconds.
  private func run(_ step: BatchComputation, steps: Int) -> Double {
    let start = ContinuousClock.now
    let batches = sampleCount / batchSize
    let update = Optimizer(.adam).step(number: 100, gradientScale: 1 / Float(batchSize))
    step.team.run { [self] worker in
      step.begin(worker: worker)
      for index in 0..<steps {
        let batch = Batch(
          source: source, samples: order.pointer + index % batches * batchSize,
          rowCount: batchSize, epoch: 1)
        _ = step.run(worker: worker, batch: batch, use: .update(update))
        step.end(worker: worker)
      }
    }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  func result(gigaflopsPerThread: Double) -> CaseResult {
    let rate = rates.sorted()[rates.count / 2]
    let flops = network.trainingFlopsPerSample
    let limit = gigaflopsPerThread * 1e9 * Double(threads) / Double(flops)
    let bandwidth = bandwidths.sorted()[bandwidths.count / 2]
    let bytes = StageBytes.ofStep(network: network, batchSize: batchSize)
    func stage(_ name: String, seconds: Double, bytes: Int?) -> StageResult {
      // The time is of all workers together: each has a share of the memory's rate.
      StageResult(
        name: name, microsecondsPerStep: seconds * 1e6, bytesPerStep: bytes,
        bandwidthShare: bytes.map { Double($0) / seconds / (bandwidth / Double(threads)) })
    }
    return CaseResult(
      engine: engine.rawValue, batchSize: batchSize, shardSize: shardSize, threads: threads,
      samplesPerSecond: rate, rates: rates, peakSamplesPerSecond: limit, peakShare: rate / limit,
      concurrentShares: shares, flopsPerSample: flops, memoryBytesPerSecond: bandwidth,
      stages: (profiled.profile?.secondsByLabel ?? []).map {
        stage($0.name, seconds: $0.seconds / Double(profiledSteps), bytes: bytes[$0.name])
      },
      optimizer: stage(
        "optimizer by itself", seconds: optimizer.secondsPerStep, bytes: optimizer.bytesPerStep))
  }
}

extension StepCase: @unchecked Sendable {}

/// The figures of a configuration.
struct CaseResult: Encodable {
  let engine: String
  let batchSize: Int
  let shardSize: Int
  let threads: Int
  let samplesPerSecond: Double
  let rates: [Double]
  /// The rate at which all products would run at the FMA peak of a thread, times the threads.
  let peakSamplesPerSecond: Double
  let peakShare: Double
  /// Round by round: the steps' operations a second over the FMA peak of the same workers together,
  /// just before and after.
  let concurrentShares: [Double]
  let flopsPerSample: Int
  /// What all workers together read and write beyond the caches.
  let memoryBytesPerSecond: Double
  let stages: [StageResult]
  /// In a step it is part of the stages that reduce gradients.
  let optimizer: StageResult
}

/// The time of a stage, of all workers together, and for element-wise ones what they move.
struct StageResult: Encodable {
  let name: String
  let microsecondsPerStep: Double
  /// See `StageBytes`.
  let bytesPerStep: Int?
  /// Those bytes over the time, against what memory gives; above 1 where they come from caches.
  let bandwidthShare: Double?
}
