import Files
import ImageData
import Model
import Parallel

/// Evaluates a model on a set of samples with all workers of all ranks.
package final class Evaluator: Sendable {
  private let runner: ForwardRunner
  private let communicator: any Communicator
  private let source: SampleSource
  private let plan: LeafPlan
  private let samples: AlignedBuffer<UInt32>
  private let losses: AlignedBuffer<LossSum>
  /// For each rank, its range of blocks.
  private let blockShares: [Range<Int>]
  /// For each rank, its range of leaves.
  private let leafShares: [Range<Int>]
  /// For each rank, its range of samples.
  private let sampleShares: [Range<Int>]
  private let claims = ClaimCounter()
  /// For each worker, the labels of a block, (workers, rows).
  private let labels: AlignedBuffer<UInt8>
  /// For each worker, memory for the loss, (workers, 2 * rows).
  private let lossScratch: AlignedBuffer<Float>
  /// The class predicted for each sample by the last ``evaluate()``, in the order of the samples.
  package let predictions: AlignedBuffer<UInt8>
  /// The probability of each predicted class, in the order of the samples.
  package let probabilities: AlignedBuffer<Float>

  /// Prepares an evaluation of a whole set.
  ///
  /// - Parameters:
  ///   - runner: Runs the model. It takes a block of rows, or all samples if they are fewer.
  ///   - source: The set.
  ///   - sampleCount: The number of its samples, at least 1.
  ///   - communicator: The ranks, which share the samples.
  package convenience init(
    runner: ForwardRunner, source: SampleSource, sampleCount: Int,
    communicator: any Communicator = SingleProcess()
  ) {
    self.init(
      runner: runner, source: source, samples: [UInt32](0..<UInt32(sampleCount)),
      communicator: communicator)
  }

  /// Prepares an evaluation of a whole set by an ensemble's first model, which sees each image as
  /// it is.
  ///
  /// - Parameters:
  ///   - ensemble: The model.
  ///   - source: The set.
  ///   - sampleCount: The number of its samples, at least 1.
  package convenience init(_ ensemble: Ensemble, source: SampleSource, sampleCount: Int) {
    self.init(runner: ensemble.runners[0], source: source, sampleCount: sampleCount)
  }

  /// Prepares an evaluation of some samples of a set.
  ///
  /// - Parameters:
  ///   - runner: Runs the model. It takes a block of rows, or all samples if they are fewer.
  ///   - source: The set.
  ///   - samples: The indices of the samples in the set, at least one.
  ///   - communicator: The ranks, which share the samples.
  package init(
    runner: ForwardRunner, source: SampleSource, samples: [UInt32],
    communicator: any Communicator = SingleProcess()
  ) {
    self.runner = runner
    self.communicator = communicator
    self.source = source
    let plan = LeafPlan(rowCount: samples.count)
    self.plan = plan
    precondition(
      runner.rowCapacity >= min(LeafPlan.blockRows, samples.count), "the runner takes a block")
    self.samples = AlignedBuffer(count: samples.count)
    EpochOrder.fillSequential(self.samples.elements, samples: samples)
    losses = AlignedBuffer(count: plan.leafCount)
    blockShares = (0..<communicator.size).map {
      slice($0, of: communicator.size, count: plan.blockCount)
    }
    leafShares = blockShares.map { blocks in
      min(
        blocks.lowerBound * LeafPlan.blockLeaves, plan.leafCount)..<min(
          blocks.upperBound * LeafPlan.blockLeaves, plan.leafCount)
    }
    sampleShares = leafShares.map { $0.isEmpty ? 0..<0 : plan.rows(of: $0) }
    labels = AlignedBuffer(count: runner.team.count * LeafPlan.blockRows)
    lossScratch = AlignedBuffer(count: runner.team.count * 2 * LeafPlan.blockRows)
    predictions = AlignedBuffer(count: samples.count)
    probabilities = AlignedBuffer(count: samples.count)
  }

  /// Evaluates the model with its current weights; collective.
  ///
  /// No training step may be running.
  ///
  /// - Returns: The loss and accuracy, which do not depend on the number of workers and ranks.
  package func evaluate() -> EvaluationResult {
    runner.prepare()
    claims.reset()
    let blocks = blockShares[communicator.rank]
    runner.team.run { [self] worker in
      while let claim = claims.claim(below: blocks.count) {
        evaluate(block: blocks.lowerBound + claim, worker: worker)
        StopSignals.beat()
      }
    }
    if communicator.size > 1 { shareResults() }
    let total = PairwiseTree.sum(leafCount: plan.leafCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
    return EvaluationResult(total: total, sampleCount: plan.rowCount)
  }

  /// Shares the results of each rank with all ranks.
  private func shareResults() {
    share(losses, leafShares)
    share(predictions, sampleShares)
    share(probabilities, sampleShares)
  }

  private func share<Element>(_ buffer: AlignedBuffer<Element>, _ shares: [Range<Int>]) {
    communicator.allGather(buffer.pointer, parts: shares.map { RankPart($0, of: Element.self) })
  }

  private func evaluate(block: Int, worker: Int) {
    let leaves = plan.leaves(ofBlock: block)
    let rows = plan.rows(of: leaves)
    let samples = samples.pointer + rows.lowerBound
    let logits = runner.logits(of: samples, rows: rows.count, in: source.images, worker: worker)
    let labels = labels.pointer + worker * LeafPlan.blockRows
    for row in 0..<rows.count { labels[row] = source.labels[Int(samples[row])] }
    let loss = runner.state.network.loss
    for leaf in leaves {
      let part = plan.rows(of: leaf..<leaf + 1)
      let first = part.lowerBound - rows.lowerBound
      losses.pointer[leaf] = loss.evaluate(
        logits: logits + first * loss.classCount, labels: labels + first, rows: part.count,
        scratch: lossScratch.pointer + worker * 2 * LeafPlan.blockRows,
        predictions: predictions.pointer + part.lowerBound,
        probabilities: probabilities.pointer + part.lowerBound)
    }
  }
}
