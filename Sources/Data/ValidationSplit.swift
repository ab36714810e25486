import Parallel

/// Which samples of a training set are trained on, and which are held out to judge the run by.
///
/// The choice depends on the two counts and the seed alone: every run of a seed holds out the same
/// samples, and each set of samples is as likely as any other.
package struct ValidationSplit: Sendable, Equatable {
  /// The numbers of the samples trained on, ascending.
  package let training: [UInt32]
  /// The numbers of the samples held out, ascending.
  package let validation: [UInt32]

  /// Chooses the samples: the first ones of a shuffle of all.
  ///
  /// - Parameters:
  ///   - sampleCount: Samples of the whole set.
  ///   - validationCount: How many are held out, at most all.
  ///   - seed: The run's seed.
  package init(sampleCount: Int, validationCount: Int, seed: UInt64) {
    precondition(
      (0...sampleCount).contains(validationCount), "samples held out are of the training set")
    var order = [UInt32](repeating: 0, count: sampleCount)
    order.withUnsafeMutableBufferPointer { order in
      EpochOrder.fillSequential(order)
      // Without any the order is not needed: it is sorted below.
      guard validationCount > 0 else { return }
      var stream = RandomStream(seed: seed, purpose: .validation)
      EpochOrder.shuffle(order, &stream)
    }
    validation = order[..<validationCount].sorted()
    training = order[validationCount...].sorted()
  }
}
