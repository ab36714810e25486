import Files
import ImageData
import Model
import Parallel

/// The loss and accuracy of a model over a set of samples.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The summed loss and the correct predictions of all samples.
  public var total: LossSum
  /// The number of samples.
  public var sampleCount: Int

  /// Creates a result from its parts.
  package init(total: LossSum, sampleCount: Int) {
    self.total = total
    self.sampleCount = sampleCount
  }

  /// The mean loss per sample, in nats.
  public var loss: Double { total.loss / Double(sampleCount) }
  /// The share of samples predicted correctly, from 0 to 1.
  public var accuracy: Double { Double(total.correct) / Double(sampleCount) }
}

/// Evaluates a model on a set of samples with all workers of all ranks.
package final class Evaluator: Sendable {
  private let runner: ForwardRunner
  private let communicator: any Communicator
  private let source: SampleSource
  private let plan: ShardPlan
  private let samples: AlignedBuffer<UInt32>
  private let losses: AlignedBuffer<LossSum>
  /// For each rank, its range of shards.
  private let shardShares: [Range<Int>]
  /// For each rank, its range of samples.
  private let sampleShares: [Range<Int>]
  private let claims = ClaimCounter()
  /// For each worker, the labels of a shard, (workers, shardSize).
  private let labels: AlignedBuffer<UInt8>
  /// For each worker, memory for the loss, (workers, 2 * shardSize).
  private let lossScratch: AlignedBuffer<Float>
  /// The class predicted for each sample by the last ``evaluate()``, in the order of the samples.
  package let predictions: AlignedBuffer<UInt8>
  /// The probability of each predicted class, in the order of the samples.
  package let probabilities: AlignedBuffer<Float>

  /// Prepares an evaluation of a whole set.
  ///
  /// - Parameters:
  ///   - runner: Runs the model. Its row capacity is the shard size.
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

  /// Prepares an evaluation of some samples of a set.
  ///
  /// - Parameters:
  ///   - runner: Runs the model. Its row capacity is the shard size.
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
    let plan = ShardPlan(rowCount: samples.count, shardSize: runner.rowCapacity)
    self.plan = plan
    self.samples = AlignedBuffer(count: samples.count)
    EpochOrder.fillSequential(self.samples.elements, samples: samples)
    losses = AlignedBuffer(count: plan.shardCount)
    shardShares = (0..<communicator.size).map {
      slice($0, of: communicator.size, count: plan.shardCount)
    }
    sampleShares = shardShares.map {
      let end = min($0.upperBound * plan.shardSize, plan.rowCount)
      return min($0.lowerBound * plan.shardSize, end)..<end
    }
    labels = AlignedBuffer(count: runner.team.count * plan.shardSize)
    lossScratch = AlignedBuffer(count: runner.team.count * 2 * plan.shardSize)
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
    let shards = shardShares[communicator.rank]
    runner.team.run { [self] worker in
      while true {
        let claim = claims.claim()
        if claim >= shards.count { return }
        evaluate(shard: shards.lowerBound + claim, worker: worker)
        StopSignals.beat()
      }
    }
    if communicator.size > 1 { shareResults() }
    let total = PairwiseTree.sum(leafCount: plan.shardCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
    return EvaluationResult(total: total, sampleCount: plan.rowCount)
  }

  /// Shares the results of each rank with all ranks.
  private func shareResults() {
    share(losses, shardShares)
    share(predictions, sampleShares)
    share(probabilities, sampleShares)
  }

  private func share<Element>(_ buffer: AlignedBuffer<Element>, _ shares: [Range<Int>]) {
    communicator.allGather(buffer.pointer, parts: shares.map { RankPart($0, of: Element.self) })
  }

  private func evaluate(shard: Int, worker: Int) {
    let rows = plan.rows(of: shard)
    let samples = samples.pointer + rows.lowerBound
    let logits = runner.logits(of: samples, rows: rows.count, in: source.images, worker: worker)
    let labels = labels.pointer + worker * plan.shardSize
    for row in 0..<rows.count { labels[row] = source.labels[Int(samples[row])] }
    let loss = runner.state.network.loss.evaluate(
      logits: logits, labels: labels, rows: rows.count,
      scratch: lossScratch.pointer + worker * 2 * plan.shardSize,
      predictions: predictions.pointer + rows.lowerBound,
      probabilities: probabilities.pointer + rows.lowerBound)
    losses.pointer[shard] = loss
  }
}
