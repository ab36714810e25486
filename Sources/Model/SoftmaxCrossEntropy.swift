import CKernels

/// What a shard, or a batch, adds to the loss and the accuracy.
public struct LossSum: Sendable, Equatable, Codable, BitwiseCopyable {
  /// The sum of the samples' losses.
  public var loss = 0.0
  /// How many samples were predicted right.
  public var correct = 0

  /// Nothing yet.
  package init() {}

  /// Adds another part.
  ///
  /// - Parameters:
  ///   - sum: The part added to.
  ///   - other: The part added.
  package static func += (sum: inout LossSum, other: LossSum) {
    sum.loss += other.loss
    sum.correct += other.correct
  }
}

/// Softmax cross-entropy: a sample's loss is `log(sum of exp(z)) - z[label]`.
package struct SoftmaxCrossEntropy: Sendable {
  /// How many classes there are, at most 256.
  package let classCount: Int

  /// Creates the loss.
  ///
  /// - Parameter classCount: How many classes there are, 1 to 256.
  package init(classCount: Int) {
    precondition((1...256).contains(classCount), "1 to 256 classes")
    self.classCount = classCount
  }

  /// Computes a shard's loss, predictions and, where wanted, gradient.
  ///
  /// - Parameters:
  ///   - logits: (rows, classCount).
  ///   - labels: (rows), each under `classCount`.
  ///   - rows: Rows of the shard.
  ///   - gradient: (rows, classCount), the gradient of the sum of losses, or nil.
  ///   - scratch: 2 * rows floats, overwritten.
  ///   - predictions: (rows), the first greatest logit of each row.
  ///   - smoothing: The share of a label's probability that is spread evenly over all classes
  ///     (Szegedy et al. 2016), at least 0 and under 1.
  /// - Returns: The shard's sum, added row after row.
  package func callAsFunction(
    logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int,
    gradient: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>,
    predictions: UnsafeMutablePointer<UInt8>, smoothing: Float = 0
  ) -> LossSum {
    let sums = scratch
    let margins = scratch + rows
    kernel_softmax_cross_entropy(
      logits, labels, Int64(rows), Int64(classCount), gradient, sums, margins, predictions)
    if smoothing > 0 {
      kernel_smooth_labels(
        logits, labels, predictions, Int64(rows), Int64(classCount), smoothing, gradient, margins)
    }
    var total = LossSum()
    for r in 0..<rows {
      total.loss += naturalLogarithm(Double(sums[r])) + Double(margins[r])
      if predictions[r] == labels[r] { total.correct += 1 }
    }
    return total
  }

  /// Computes loss and predictions of some rows without a gradient, and how sure the predictions are.
  ///
  /// - Parameters:
  ///   - logits: (rows, classCount).
  ///   - labels: (rows), each under `classCount`.
  ///   - rows: How many rows there are.
  ///   - scratch: 2 * rows floats, overwritten.
  ///   - predictions: (rows), the first greatest logit of each row.
  ///   - probabilities: (rows), the probability of each row's predicted class.
  /// - Returns: The rows' sum, added row after row.
  package func evaluate(
    logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int,
    scratch: UnsafeMutablePointer<Float>, predictions: UnsafeMutablePointer<UInt8>,
    probabilities: UnsafeMutablePointer<Float>
  ) -> LossSum {
    let total = self(
      logits: logits, labels: labels, rows: rows, gradient: nil, scratch: scratch,
      predictions: predictions)
    // The kernel leaves sum of exp(z - largest z), of which the predicted class's part is exp(0).
    for row in 0..<rows { probabilities[row] = 1 / scratch[row] }
    return total
  }
}
