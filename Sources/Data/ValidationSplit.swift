import Parallel

/// Divides a training set into samples to train on and samples held out for validation.
///
/// The choice depends only on the two counts and the seed. Every run with a seed holds out the same
/// samples, and all subsets are equally likely.
package struct ValidationSplit: Sendable, Equatable {
  /// The numbers of the samples to train on, ascending.
  package let training: [UInt32]
  /// The numbers of the held-out samples, ascending.
  package let validation: [UInt32]

  /// Chooses the held-out samples: the first ones of a shuffle of all samples.
  ///
  /// - Parameters:
  ///   - sampleCount: The number of samples of the whole set.
  ///   - validationCount: The number of samples to hold out, at most `sampleCount`.
  ///   - seed: The run's seed.
  package init(sampleCount: Int, validationCount: Int, seed: UInt64) {
    precondition(
      (0...sampleCount).contains(validationCount), "samples held out are of the training set")
    var order = [UInt32](repeating: 0, count: sampleCount)
    order.withUnsafeMutableBufferPointer { order in
      EpochOrder.fillSequential(order)
      // Without held-out samples the shuffle is not needed, since the order is sorted below.
      guard validationCount > 0 else { return }
      var stream = RandomStream(seed: seed, purpose: .validation)
      EpochOrder.shuffle(order, &stream)
    }
    validation = order[..<validationCount].sorted()
    training = order[validationCount...].sorted()
  }
}
