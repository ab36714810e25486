/// Converts logits to the probabilities of classes.
package enum Softmax {
  /// Computes one sample's probabilities: `p[c] = exp(z[c]) / sum of exp(z)`.
  ///
  /// The largest logit is subtracted first, so that no exponential overflows. All is computed in
  /// double precision, the sum in the order of the classes.
  ///
  /// - Parameters:
  ///   - logits: z, (classCount).
  ///   - classCount: The number of classes, at least 1.
  ///   - probabilities: p, (classCount), overwritten; all NaN if a logit is NaN or infinite.
  package static func probabilities(
    logits: UnsafePointer<Float>, classCount: Int, into probabilities: UnsafeMutablePointer<Double>
  ) {
    var largest = logits[0]
    for c in 1..<classCount where logits[c] > largest { largest = logits[c] }
    var sum = 0.0
    for c in 0..<classCount {
      probabilities[c] = exponential(Double(logits[c]) - Double(largest))
      sum += probabilities[c]
    }
    for c in 0..<classCount { probabilities[c] /= sum }
  }

  /// Computes the logarithm of one class's probability: `log p[c] = z[c] - log(sum of exp(z))`.
  ///
  /// It is finite where the probability itself is too small for a number.
  ///
  /// - Parameters:
  ///   - logits: z, (classCount).
  ///   - classCount: The number of classes, at least 1.
  ///   - class: c, less than `classCount`.
  /// - Returns: The logarithm; NaN if a logit is NaN or infinite.
  package static func logProbability(
    logits: UnsafePointer<Float>, classCount: Int, of class: Int
  ) -> Double {
    var largest = logits[0]
    for c in 1..<classCount where logits[c] > largest { largest = logits[c] }
    var sum = 0.0
    for c in 0..<classCount { sum += exponential(Double(logits[c]) - Double(largest)) }
    return Double(logits[`class`]) - Double(largest) - naturalLogarithm(sum)
  }

  /// Adds two numbers of which only the logarithms are known.
  ///
  /// - Parameters:
  ///   - first: A logarithm.
  ///   - second: Another logarithm.
  /// - Returns: `log(exp(first) + exp(second))`.
  package static func logSum(_ first: Double, _ second: Double) -> Double {
    let (smaller, larger) = first < second ? (first, second) : (second, first)
    return larger + naturalLogarithm(1 + exponential(smaller - larger))
  }

  /// Computes one sample's probabilities.
  ///
  /// - Parameter logits: The logits, (classes); at least one, otherwise the program stops.
  /// - Returns: The probabilities, (classes). Their sum is 1 up to rounding. All are NaN if a logit
  ///   is NaN or infinite.
  package static func probabilities(_ logits: [Float]) -> [Double] {
    precondition(!logits.isEmpty, "at least one class")
    return [Double](unsafeUninitializedCapacity: logits.count) { buffer, count in
      logits.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = buffer.baseAddress else { return }
        probabilities(logits: source, classCount: logits.count, into: target)
      }
      count = logits.count
    }
  }
}
