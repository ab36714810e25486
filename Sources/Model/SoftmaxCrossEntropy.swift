import CKernels

/// Softmax cross-entropy: a sample's loss is `log(sum of exp(z)) - z[label]`, in nats.
///
/// With a second label of share w, and smoothing e over C classes, the target is
/// `t = (1 - e) ((1 - w) one-hot(label) + w one-hot(other)) + e / C`, as timm's `mixup_target`. The
/// loss is `log(sum of exp(z)) - sum of t z`, its gradient `softmax - t`. Since the sum of t is 1,
/// that is the loss of each label by its share, as in Zhang et al. 2018.
package struct SoftmaxCrossEntropy: Sendable {
  /// The allowed numbers of classes: labels are bytes.
  package static let classCounts = 1...256

  /// The number of classes, in ``classCounts``.
  package let classCount: Int

  /// Creates the loss.
  ///
  /// - Parameter classCount: The number of classes, 1 to 256; otherwise the program stops.
  package init(classCount: Int) {
    precondition(Self.classCounts.contains(classCount), "1 to 256 classes")
    self.classCount = classCount
  }

  /// Computes the loss and the predictions of a shard, and optionally the gradient.
  ///
  /// - Parameters:
  ///   - logits: z, (rows, classCount).
  ///   - labels: The labels, (rows), each less than `classCount`.
  ///   - rows: The number of rows.
  ///   - gradient: The gradient of the summed loss with respect to the logits, (rows, classCount),
  ///     overwritten; nil if it is not needed.
  ///   - scratch: Temporary memory, (2 * rows), overwritten.
  ///   - predictions: The class with the largest logit of each row, (rows), overwritten; of equal
  ///     classes the first.
  ///   - smoothing: The share of a label's probability that is distributed evenly over all classes
  ///     (Szegedy et al. 2016), from 0 to below 1.
  ///   - others: The rows' second labels; nil if each has one.
  ///   - weights: What each row's loss and gradient are multiplied by, (rows); nil for 1.
  /// - Returns: The summed loss and the correct predictions, added row by row. A prediction is
  ///   correct if it is the one of `labels`.
  package func callAsFunction(
    logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int,
    gradient: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>,
    predictions: UnsafeMutablePointer<UInt8>, smoothing: Float = 0, others: OtherLabels? = nil,
    weights: UnsafePointer<Float>? = nil
  ) -> LossSum {
    let sums = scratch
    let margins = scratch + rows
    kernel_softmax_cross_entropy(
      logits, labels, Int64(rows), Int64(classCount), gradient, sums, margins, predictions)
    if smoothing > 0 {
      kernel_smooth_labels(
        logits, labels, predictions, Int64(rows), Int64(classCount), smoothing, gradient, margins)
    }
    if let others {
      kernel_mix_labels(
        logits, labels, others.labels, others.shares, Int64(rows), Int64(classCount), 1 - smoothing,
        gradient, margins)
    }
    var total = LossSum()
    for r in 0..<rows {
      let loss = naturalLogarithm(Double(sums[r])) + Double(margins[r])
      total.loss += weights.map { Double($0[r]) * loss } ?? loss
      if predictions[r] == labels[r] { total.correct += 1 }
    }
    if let weights, let gradient {
      for r in 0..<rows {
        for c in 0..<classCount { gradient[r * classCount + c] *= weights[r] }
      }
    }
    return total
  }

  /// Computes the loss, the predictions and their probabilities, without a gradient.
  ///
  /// - Parameters:
  ///   - logits: z, (rows, classCount).
  ///   - labels: The labels, (rows), each less than `classCount`.
  ///   - rows: The number of rows.
  ///   - scratch: Temporary memory, (2 * rows), overwritten.
  ///   - predictions: The class with the largest logit of each row, (rows), overwritten; of equal
  ///     classes the first.
  ///   - probabilities: The probability of each row's predicted class, (rows), overwritten.
  /// - Returns: The summed loss and the correct predictions, added row by row.
  package func evaluate(
    logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int,
    scratch: UnsafeMutablePointer<Float>, predictions: UnsafeMutablePointer<UInt8>,
    probabilities: UnsafeMutablePointer<Float>
  ) -> LossSum {
    let total = self(
      logits: logits, labels: labels, rows: rows, gradient: nil, scratch: scratch,
      predictions: predictions)
    // The kernel stores the sum of exp(z - largest z), in which the predicted class's term is
    // exp(0).
    for row in 0..<rows { probabilities[row] = 1 / scratch[row] }
    return total
  }
}
