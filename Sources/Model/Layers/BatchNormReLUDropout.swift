import CKernels
import Parallel

/// ``BatchNorm`` followed by ``ReLU`` and optionally ``Dropout``, computed in one pass over memory
/// with the same bits.
///
/// Backward needs no mask: the output is zero exactly where the rectifier or the dropout set the
/// value to zero, and there the gradient is zero too.
package struct BatchNormReLUDropout: ForwardMerging, BackwardFinishing {
  /// The normalization.
  package let batchNorm: BatchNorm
  /// The dropout, if there is one.
  package let dropout: Dropout?

  /// Joins layers of equal shape.
  ///
  /// - Parameters:
  ///   - batchNorm: The normalization.
  ///   - dropout: The dropout, if there is one; not of images.
  package init(_ batchNorm: BatchNorm, _ dropout: Dropout?) {
    precondition(dropout == nil || batchNorm.positions == 1, "images drop in a layer of their own")
    self.batchNorm = batchNorm
    self.dropout = dropout
  }

  /// The normalization's name.
  package var name: String { batchNorm.name }
  /// One sample's input.
  package var inputShape: Shape { batchNorm.inputShape }
  /// One sample's output.
  package var outputShape: Shape { batchNorm.outputShape }
  package var parameters: [TensorDeclaration] { batchNorm.parameters }
  package var statistics: [TensorDeclaration] { batchNorm.statistics }
  package var keptCount: Int { batchNorm.keptCount }
  package var scratchCount: Int { batchNorm.scratchCount }
  /// Those of the joined layers.
  package var formulas: [LayerFormula]? {
    guard let normalized = batchNorm.formulas else { return nil }
    return normalized + [.relu] + (dropout?.formulas ?? [])
  }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  package var forwardMerge: MergeRule { batchNorm.forwardMerge }
  package var backwardMerge: MergeRule? { batchNorm.backwardMerge }

  /// Computes the moments of each leaf, to be merged.
  package func forward(_ pass: LayerContext) {
    batchNorm.forward(pass)
  }

  package func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    batchNorm.mergedForward(merged, columns: columns, batchRows: batchRows, memory: memory)
  }

  /// Normalizes, rectifies and drops in one pass.
  package func finishForward(_ pass: LayerContext) {
    guard let dropout, dropout.threshold > 0 else {
      normalizeAndRectify(pass.asEvaluation, factor: 1)
      return
    }
    kernel_normalize_rectify_drop(
      pass.input, batchNorm.kept(.scale, pass.memory), batchNorm.kept(.shift, pass.memory),
      dropout.trainingFactor, dropout.threshold, dropout.randomWords(epoch: pass.epoch),
      pass.samples, Int64(pass.rows), Int64(batchNorm.featureCount), pass.output)
  }

  package func prepareEvaluation(_ memory: LayerMemory) {
    batchNorm.prepareEvaluation(memory)
  }

  /// Normalizes with the running statistics, rectifies and scales in one pass.
  package func evaluate(_ pass: EvaluationContext) {
    normalizeAndRectify(pass, factor: dropout?.evaluationFactor ?? 1)
  }

  private func normalizeAndRectify(_ pass: EvaluationContext, factor: Float) {
    kernel_normalize_rectify(
      pass.input, batchNorm.kept(.scale, pass.memory), batchNorm.kept(.shift, pass.memory), factor,
      Int64(pass.rows * batchNorm.positions), Int64(batchNorm.featureCount), pass.output)
  }

  /// Takes the gradient through dropout and rectifier, and computes the sums of each leaf, to be
  /// merged.
  package func backward(_ pass: LayerContext) {
    let featureCount = batchNorm.featureCount
    pass.forEachLeaf { leaf, rows in
      batchNorm.forEachSum(of: rows, into: pass.backwardPartial(leaf), pass) { rows, sums in
        let first = rows.lowerBound * inputShape.count
        kernel_rectified_backward_sums(
          pass.outputGradient + first, pass.output + first, dropout?.trainingFactor ?? 1,
          pass.input + first, batchNorm.kept(.mean, pass.memory),
          batchNorm.kept(.inverseDeviation, pass.memory), Int64(rows.count * batchNorm.positions),
          Int64(featureCount), sums, sums + featureCount)
      } merge: { into, _, from, _ in
        kernel_add(into, from, Int64(2 * featureCount))
      }
    }
  }

  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    batchNorm.mergedBackward(
      merged, columns: columns, batchRows: batchRows, memory: memory, gradients: gradients)
  }

  package func finishBackward(_ pass: LayerContext) {
    batchNorm.finishBackward(pass)
  }
}
