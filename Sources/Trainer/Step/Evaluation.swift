import MNISTData
import Model
import Parallel

/// The result of running a model over samples without training.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The sums over all samples.
  public var total: LossSum
  /// How many samples there were.
  public var sampleCount: Int

  /// The mean loss of a sample.
  public var loss: Double { total.loss / Double(sampleCount) }
  /// The share of samples predicted right.
  public var accuracy: Double { Double(total.correct) / Double(sampleCount) }
}

/// Runs a model over a set of samples on all workers.
public final class Evaluator: Sendable {
  private let step: DataParallelStep
  private let source: SampleSource
  private let plan: ShardPlan
  private let samples: AlignedBuffer<UInt32>
  private let losses: AlignedBuffer<LossSum>
  private let claims = ClaimCounter()
  /// The class predicted for each sample, in the order given, by the last ``evaluate()``.
  public let predictions: AlignedBuffer<UInt8>

  /// Prepares an evaluation of a whole set.
  ///
  /// - Parameters:
  ///   - step: The step whose model, workers and memory are used.
  ///   - source: The set.
  ///   - sampleCount: How many samples it has, at least 1.
  public convenience init(step: DataParallelStep, source: SampleSource, sampleCount: Int) {
    self.init(step: step, source: source, samples: [UInt32](0..<UInt32(sampleCount)))
  }

  /// Prepares an evaluation of some samples of a set.
  ///
  /// - Parameters:
  ///   - step: The step whose model, workers and memory are used.
  ///   - source: The set.
  ///   - samples: Their numbers in the set, at least one.
  public init(step: DataParallelStep, source: SampleSource, samples: [UInt32]) {
    self.step = step
    self.source = source
    plan = ShardPlan(rowCount: samples.count, shardSize: step.shardSize)
    self.samples = AlignedBuffer(count: samples.count)
    EpochOrder.fillSequential(self.samples.elements, samples: samples)
    losses = AlignedBuffer(count: plan.shardCount)
    predictions = AlignedBuffer(count: samples.count)
  }

  /// Evaluates the model as it is now; not while a step runs.
  ///
  /// - Returns: Loss and accuracy, the same for any number of workers.
  public func evaluate() -> EvaluationResult {
    for buffers in step.workspace.layers { buffers.layer.prepareEvaluation(buffers.memory) }
    claims.reset()
    step.team.run { [self] worker in
      while true {
        let shard = claims.claim()
        if shard >= plan.shardCount { return }
        evaluate(shard: shard, worker: worker)
      }
    }
    let total = PairwiseTree.sum(leafCount: plan.shardCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
    return EvaluationResult(total: total, sampleCount: plan.rowCount)
  }

  /// A worker evaluates in workspace rows of its own.
  private func evaluate(shard: Int, worker: Int) {
    let sampleRange = plan.rows(of: shard)
    let first = worker * step.shardSize
    let rows = first..<first + sampleRange.count
    let workspace = step.workspace
    step.gather(samples.pointer + sampleRange.lowerBound, into: rows, from: source)
    for (index, buffers) in workspace.layers.enumerated() {
      buffers.layer.evaluate(
        workspace.pass(layer: index, shard: 0, rows: rows, epoch: 0, samples: samples.pointer))
    }
    losses.pointer[shard] = step.loss(rows: rows, wantsGradient: false)
    (predictions.pointer + sampleRange.lowerBound)
      .update(from: workspace.predictions.pointer + first, count: rows.count)
  }
}
