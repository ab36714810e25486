import TestSupport

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

extension Evaluator {
  /// Evaluates the model of a step on its workers and ranks.
  convenience init(step: BatchComputation, source: SampleSource, samples: [UInt32]) {
    self.init(
      runner: ForwardRunner(state: step.state, team: step.team, rowCapacity: LeafPlan.blockRows),
      source: source, samples: samples, communicator: step.communicator)
  }

  /// The same for a whole set.
  convenience init(step: BatchComputation, source: SampleSource, sampleCount: Int) {
    self.init(step: step, source: source, samples: [UInt32](0..<UInt32(sampleCount)))
  }
}

/// A model on a team, whose steps a test runs one by one.
struct StepSetup {
  let images: SyntheticImages
  let state: ModelState
  let step: BatchComputation
  let optimizer: Optimizer
  let batchSize: Int

  /// Builds everything.
  ///
  /// - Parameters:
  ///   - images: The samples.
  ///   - network: The network.
  ///   - optimizer: The update rule.
  ///   - batchSize: The most rows of a batch.
  ///   - shardSize: Rows of a shard.
  ///   - threads: Workers.
  ///   - communicator: The ranks.
  init(
    _ images: SyntheticImages, network: Network, optimizer: Optimizer = Optimizer(.adam),
    batchSize: Int, shardSize: Int, threads: Int = 2,
    communicator: any Communicator = SingleProcess()
  ) {
    self.images = images
    self.optimizer = optimizer
    self.batchSize = batchSize
    state = ModelState(
      network: network, seed: 3, optimizerStateCount: optimizer.kind.stateCount,
      ownedParameters: ParameterShares(network, rankCount: communicator.size)
        .range(of: communicator.rank))
    step = BatchComputation(
      state: state, team: .started(threads), batchCapacity: batchSize,
      shardSize: .rows(shardSize), communicator: communicator)
  }

  /// Runs one step on the whole team.
  ///
  /// - Parameters:
  ///   - samples: The rows' sample numbers.
  ///   - epoch: The epoch.
  ///   - use: What becomes of the gradients.
  /// - Returns: What each worker was told.
  @discardableResult
  func run(samples: [UInt32], epoch: UInt32 = 1, use: GradientUse) -> [LossSum] {
    let order = AlignedBuffer<UInt32>(count: samples.count)
    _ = order.elements.update(fromContentsOf: samples)
    let batch = Batch(
      source: images.source, samples: order.pointer, rowCount: samples.count, epoch: epoch)
    let totals = AlignedBuffer<LossSum>(count: step.team.count)
    let step = step
    // Tests write into the model between steps.
    step.parametersChanged()
    step.team.run { worker in
      totals.pointer[worker] = step.run(worker: worker, batch: batch, use: use)
    }
    return withExtendedLifetime((order, images.images)) { Array(totals.elements) }
  }

  /// The optimizer's update of a step.
  func update(number: Int, rows: Int) -> OptimizerStep {
    optimizer.step(number: number, gradientScale: 1 / Float(rows))
  }

  /// Trains on all images in order for some epochs; the last batch of each may be smaller.
  ///
  /// - Parameter epochs: How many.
  /// - Returns: What each worker was told in each step.
  func train(epochs: Int) -> [[LossSum]] {
    var totals: [[LossSum]] = []
    for epoch in 1...epochs {
      for first in stride(from: 0, to: images.images.count, by: batchSize) {
        let samples = first..<min(first + batchSize, images.images.count)
        totals.append(
          run(
            samples: samples.map { UInt32($0) }, epoch: UInt32(epoch),
            use: .update(update(number: totals.count + 1, rows: samples.count))))
      }
    }
    return totals
  }
}
