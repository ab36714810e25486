import ImageData
import Model
import Parallel

/// Evaluates an ensemble and each of its models on a set of samples.
///
/// A sample's loss is -log of the probability of its label, in nats. It is computed from the logits'
/// logarithms, since the probability itself may be too small for a number.
package final class EnsembleEvaluator: Sendable {
  private let ensemble: Ensemble
  private let source: SampleSource
  private let plan: LeafPlan
  private let samples: AlignedBuffer<UInt32>
  private let claims = ClaimCounter()
  /// For each worker, the mean probabilities of a block, and what computing them needs.
  private let scratch: AlignedBuffer<Double>
  private let blockCount: Int
  /// The losses of the ensemble and then of each model, (1 + models, samples); before, the logarithms
  /// of the sums of the labels' probabilities.
  private let losses: AlignedBuffer<Double>
  /// The predictions of the ensemble and then of each model, (1 + models, samples).
  private let classes: AlignedBuffer<UInt8>
  /// The ensemble's probability of each predicted class, in the order of the samples.
  package let probabilities: AlignedBuffer<Float>

  /// The class that the ensemble predicts for each sample, in the order of the samples.
  package var predictions: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: classes.pointer, count: plan.rowCount)
  }

  /// Prepares an evaluation of a whole set.
  ///
  /// - Parameters:
  ///   - ensemble: The models.
  ///   - images: The set, with at least one sample, of images that the models take.
  package init(_ ensemble: Ensemble, _ images: ImageSet) {
    self.ensemble = ensemble
    source = SampleSource(images)
    plan = LeafPlan(rowCount: images.count)
    samples = AlignedBuffer(count: images.count)
    EpochOrder.fillSequential(samples.elements)
    blockCount = LeafPlan.blockRows * ensemble.classCount
    scratch = AlignedBuffer(
      count: ensemble.team.count
        * (blockCount + ensemble.scratchCount(rows: LeafPlan.blockRows)))
    let answers = 1 + ensemble.runners.count
    losses = AlignedBuffer(count: answers * images.count)
    classes = AlignedBuffer(count: answers * images.count)
    probabilities = AlignedBuffer(count: images.count)
  }

  /// The metrics of an ensemble and of its models.
  package struct Result: Sendable {
    /// The ensemble's loss and accuracy.
    package let ensemble: EvaluationResult
    /// Those of each model alone, with the same views.
    package let models: [EvaluationResult]
    /// The share of samples for which all models predict the same class.
    package let agreement: Double
  }

  /// Evaluates the set.
  ///
  /// - Returns: The results, which do not depend on the number of workers.
  package func evaluate() -> Result {
    claims.reset()
    ensemble.team.run { [self] worker in
      while let block = claims.claim(below: plan.blockCount) {
        evaluate(block: block, worker: worker)
      }
    }
    let results = (0...ensemble.runners.count).map(result)
    let agreed = (0..<plan.rowCount).count { row in
      let first = classes.pointer[plan.rowCount + row]
      return (1...ensemble.runners.count).allSatisfy {
        classes.pointer[$0 * plan.rowCount + row] == first
      }
    }
    return Result(
      ensemble: results[0], models: Array(results.dropFirst()),
      agreement: Double(agreed) / Double(plan.rowCount))
  }

  private func evaluate(block: Int, worker: Int) {
    let rows = plan.rows(of: plan.leaves(ofBlock: block))
    let classCount = ensemble.classCount
    let mean =
      scratch.pointer + worker * (blockCount + ensemble.scratchCount(rows: LeafPlan.blockRows))
    ensemble.probabilities(
      of: samples.pointer + rows.lowerBound, rows: rows.count, in: source.images, worker: worker,
      mean: mean, scratch: mean + blockCount,
      viewed: { answer, view, logits in
        add(logits, rows: rows, answer: answer, isFirst: view == 0)
      },
      answered: { answer, values in record(values, rows: rows, answer: answer) })
    for row in rows {
      let prediction = Int(classes.pointer[row])
      probabilities.pointer[row] = Float(mean[(row - rows.lowerBound) * classCount + prediction])
    }
  }

  /// Adds the probabilities of the labels by one view of a model to those of its earlier views.
  private func add(
    _ logits: UnsafePointer<Float>, rows: Range<Int>, answer: Int, isFirst: Bool
  ) {
    for row in rows {
      let logarithm = Softmax.logProbability(
        logits: logits + (row - rows.lowerBound) * ensemble.classCount,
        classCount: ensemble.classCount, of: Int(source.labels[row]))
      let place = answer * plan.rowCount + row
      losses.pointer[place] =
        isFirst ? logarithm : Softmax.logSum(losses.pointer[place], logarithm)
    }
  }

  /// Records the losses and predictions of the ensemble, answer 0, or of a model.
  private func record(_ probabilities: UnsafePointer<Double>, rows: Range<Int>, answer: Int) {
    let count = ensemble.viewCount * (answer == 0 ? ensemble.runners.count : 1)
    let divisor = naturalLogarithm(Double(count))
    for row in rows {
      let ofRow = probabilities + (row - rows.lowerBound) * ensemble.classCount
      let place = answer * plan.rowCount + row
      classes.pointer[place] = Ensemble.mostProbable(ofRow, classCount: ensemble.classCount)
      if answer > 0 {
        // Answer 0 comes last.
        let sum = losses.pointer[place]
        losses.pointer[row] = answer == 1 ? sum : Softmax.logSum(losses.pointer[row], sum)
      }
      losses.pointer[place] = divisor - losses.pointer[place]
    }
  }

  private func result(answer: Int) -> EvaluationResult {
    var total = LossSum()
    for row in 0..<plan.rowCount {
      let place = answer * plan.rowCount + row
      total.loss += losses.pointer[place]
      if classes.pointer[place] == source.labels[row] { total.correct += 1 }
    }
    return EvaluationResult(total: total, sampleCount: plan.rowCount)
  }
}
