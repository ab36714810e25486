import Files
import ImageData
import Model
import Parallel

/// The result of running a model over samples without training.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The sums over all samples.
  public var total: LossSum
  /// How many samples there were.
  public var sampleCount: Int

  /// Creates one from its parts.
  package init(total: LossSum, sampleCount: Int) {
    self.total = total
    self.sampleCount = sampleCount
  }

  /// The mean loss of a sample.
  public var loss: Double { total.loss / Double(sampleCount) }
  /// The share of samples predicted right.
  public var accuracy: Double { Double(total.correct) / Double(sampleCount) }
}

/// Runs a model over a set of samples on all workers.
package final class Evaluator: Sendable {
  private let step: DataParallelStep
  private let source: SampleSource
  private let plan: ShardPlan
  private let samples: AlignedBuffer<UInt32>
  private let losses: AlignedBuffer<LossSum>
  /// Each rank's shards and samples.
  private let shardShares: [Range<Int>]
  private let sampleShares: [Range<Int>]
  private let claims = ClaimCounter()
  /// The class predicted for each sample, in the order given, by the last ``evaluate()``.
  package let predictions: AlignedBuffer<UInt8>
  /// The probability that the model gave the class predicted for each sample.
  package let probabilities: AlignedBuffer<Float>

  /// Prepares an evaluation of a whole set.
  ///
  /// - Parameters:
  ///   - step: The step whose model, workers and memory are used.
  ///   - source: The set.
  ///   - sampleCount: How many samples it has, at least 1.
  package convenience init(step: DataParallelStep, source: SampleSource, sampleCount: Int) {
    self.init(step: step, source: source, samples: [UInt32](0..<UInt32(sampleCount)))
  }

  /// Prepares an evaluation of some samples of a set.
  ///
  /// - Parameters:
  ///   - step: The step whose model, workers and memory are used.
  ///   - source: The set.
  ///   - samples: Their numbers in the set, at least one.
  package init(step: DataParallelStep, source: SampleSource, samples: [UInt32]) {
    self.step = step
    self.source = source
    plan = ShardPlan(rowCount: samples.count, shardSize: step.shardSize)
    self.samples = AlignedBuffer(count: samples.count)
    EpochOrder.fillSequential(self.samples.elements, samples: samples)
    losses = AlignedBuffer(count: plan.shardCount)
    let plan = plan
    shardShares = (0..<step.communicator.size).map {
      slice($0, of: step.communicator.size, count: plan.shardCount)
    }
    sampleShares = shardShares.map {
      let end = min($0.upperBound * plan.shardSize, plan.rowCount)
      return min($0.lowerBound * plan.shardSize, end)..<end
    }
    predictions = AlignedBuffer(count: samples.count)
    probabilities = AlignedBuffer(count: samples.count)
  }

  /// Evaluates the model as it is now; not while a step runs, and on all ranks at once.
  ///
  /// - Returns: Loss and accuracy, the same for any number of workers and ranks.
  package func evaluate() -> EvaluationResult {
    for buffers in step.workspace.layers { buffers.layer.prepareEvaluation(buffers.memory) }
    claims.reset()
    let shards = shardShares[step.communicator.rank]
    step.team.run { [self] worker in
      while true {
        let claim = claims.claim()
        if claim >= shards.count { return }
        evaluate(shard: shards.lowerBound + claim, worker: worker)
        StopSignals.beat()
      }
    }
    if step.communicator.size > 1 { shareResults() }
    let total = PairwiseTree.sum(leafCount: plan.shardCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
    return EvaluationResult(total: total, sampleCount: plan.rowCount)
  }

  /// Brings all ranks' results together on each.
  private func shareResults() {
    share(losses, shardShares)
    share(predictions, sampleShares)
    share(probabilities, sampleShares)
  }

  private func share<Element>(_ buffer: AlignedBuffer<Element>, _ shares: [Range<Int>]) {
    step.communicator.allGather(
      buffer.pointer, parts: shares.map { RankPart($0, of: Element.self) })
  }

  /// A worker evaluates in workspace rows of its own.
  private func evaluate(shard: Int, worker: Int) {
    let sampleRange = plan.rows(of: shard)
    let first = worker * step.shardSize
    let rows = first..<first + sampleRange.count
    let workspace = step.workspace
    step.gather(samples.pointer + sampleRange.lowerBound, into: rows, from: source)
    for (index, buffers) in workspace.layers.enumerated() {
      buffers.layer.evaluate(workspace.evaluationPass(layer: index, rows: rows))
    }
    losses.pointer[shard] = step.loss(rows: rows, wantsGradient: false)
    (predictions.pointer + sampleRange.lowerBound)
      .update(from: workspace.predictions.pointer + first, count: rows.count)
    // The loss leaves sum of exp(z - largest z), of which the predicted class's part is exp(0).
    let sums = workspace.lossScratch.pointer + 2 * first
    for row in 0..<rows.count {
      probabilities.pointer[sampleRange.lowerBound + row] = 1 / sums[row]
    }
  }
}
