import TestSupport

@testable import Model
@testable import Parallel
@testable import Training

/// A model on a team, whose optimizer steps of one or several batches a test runs one by one.
struct UpdateSetup {
  let images: SyntheticImages
  let state: ModelState
  let training: TrainingStep

  /// Builds everything.
  ///
  /// - Parameters:
  ///   - images: The samples.
  ///   - network: The network.
  ///   - optimizer: The update rule.
  ///   - options: What a step does beside it.
  ///   - batchSize: The most rows of a batch.
  ///   - shardSize: Rows of a shard.
  ///   - threads: Workers.
  ///   - labelSmoothing: What training's labels are smoothed by.
  ///   - communicator: The ranks.
  init(
    _ images: SyntheticImages, network: Network, optimizer: Optimizer = Optimizer(.adam),
    options: UpdateOptions = UpdateOptions(), batchSize: Int, shardSize: Int, threads: Int = 2,
    labelSmoothing: Double = 0, communicator: any Communicator = SingleProcess()
  ) {
    self.images = images
    state = ModelState(
      network: network, seed: 3, optimizerStateCount: optimizer.kind.stateCount,
      keepsAverage: options.keepsAverage,
      ownedParameters: ParameterShares(network, rankCount: communicator.size)
        .range(of: communicator.rank))
    training = TrainingStep(
      computation: BatchComputation(
        state: state, team: .started(threads), batchCapacity: batchSize,
        shardSize: .rows(shardSize), labelSmoothing: labelSmoothing, communicator: communicator),
      optimizer: optimizer, options: options)
    training.computation.parametersChanged()
  }

  /// Runs one optimizer step on the whole team.
  ///
  /// - Parameters:
  ///   - batches: The rows' sample numbers, batch after batch.
  ///   - number: The step, from 1.
  ///   - learningRate: The step's; nil for the rule's own.
  ///   - keepsGradients: Whether gradients have to be there afterwards.
  /// - Returns: What each worker was told.
  @discardableResult
  func run(
    _ batches: [[UInt32]], number: Int, learningRate: Double? = nil, keepsGradients: Bool = false
  ) -> [LossSum] {
    let orders = batches.map { samples in
      let order = AlignedBuffer<UInt32>(count: samples.count)
      _ = order.elements.update(fromContentsOf: samples)
      return order
    }
    let steps = orders.map {
      Batch(source: images.source, samples: $0.pointer, rowCount: $0.count, epoch: 1)
    }
    let training = training
    let totals = AlignedBuffer<LossSum>(count: training.computation.team.count)
    let rate = learningRate ?? training.optimizer.learningRate
    training.computation.team.run { worker in
      totals.pointer[worker] = training.run(
        worker: worker, batchCount: steps.count, batch: { steps[$0] }, number: number,
        learningRate: rate, keepsGradients: keepsGradients)
      training.computation.end(worker: worker)
    }
    return withExtendedLifetime((orders, images.images)) { Array(totals.elements) }
  }
}

extension ModelState {
  /// The values of the moving average, by the names of the model's tensors.
  var averages: [String: [Float]] {
    Dictionary(
      uniqueKeysWithValues: averageTensors.map { ($0.tensor.entry.name, $0.tensor.values) })
  }
}
