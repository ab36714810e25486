/// Converts logits to the probabilities of classes.
package enum Softmax {
  /// Computes one sample's probabilities: `p[c] = exp(z[c]) / sum of exp(z)`.
  ///
  /// The largest logit is subtracted first, so that no exponential overflows. The sum is computed
  /// in double precision, in the order of the classes.
  ///
  /// - Parameters:
  ///   - logits: z, (classCount).
  ///   - classCount: The number of classes, at least 1.
  ///   - probabilities: p, (classCount), overwritten; all NaN if a logit is NaN or infinite.
  package static func probabilities(
    logits: UnsafePointer<Float>, classCount: Int, into probabilities: UnsafeMutablePointer<Float>
  ) {
    var largest = logits[0]
    for c in 1..<classCount where logits[c] > largest { largest = logits[c] }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: classCount) { exponentials in
      var sum = 0.0
      for c in 0..<classCount {
        exponentials[c] = exponential(Double(logits[c]) - Double(largest))
        sum += exponentials[c]
      }
      for c in 0..<classCount { probabilities[c] = Float(exponentials[c] / sum) }
    }
  }

  /// Computes one sample's probabilities.
  ///
  /// - Parameter logits: The logits, (classes); at least one, otherwise the program stops.
  /// - Returns: The probabilities, (classes). Their sum is 1 up to rounding. All are NaN if a logit
  ///   is NaN or infinite.
  package static func probabilities(_ logits: [Float]) -> [Float] {
    precondition(!logits.isEmpty, "at least one class")
    return [Float](unsafeUninitializedCapacity: logits.count) { buffer, count in
      logits.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = buffer.baseAddress else { return }
        probabilities(logits: source, classCount: logits.count, into: target)
      }
      count = logits.count
    }
  }
}
