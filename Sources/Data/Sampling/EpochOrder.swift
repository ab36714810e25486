import Parallel

/// The order in which an epoch processes the training samples.
package enum EpochOrder {
  /// Writes `0..<count` to a buffer.
  ///
  /// - Parameter order: (count), overwritten.
  package static func fillSequential(_ order: UnsafeMutableBufferPointer<UInt32>) {
    for index in 0..<order.count { order[index] = UInt32(index) }
  }

  /// Writes a list of samples to a buffer.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten.
  ///   - samples: The sample numbers (count).
  package static func fillSequential(
    _ order: UnsafeMutableBufferPointer<UInt32>, samples: [UInt32]
  ) {
    precondition(order.count == samples.count, "an order has every sample once")
    _ = order.update(fromContentsOf: samples)
  }

  /// Writes the shuffled order of all samples in an epoch to a buffer; allocates no memory.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten; the old content does not matter.
  ///   - seed: The run's seed.
  ///   - epoch: The number of the epoch.
  package static func fillShuffled(
    _ order: UnsafeMutableBufferPointer<UInt32>, seed: UInt64, epoch: UInt32
  ) {
    fillSequential(order)
    var stream = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    shuffle(order, &stream)
  }

  /// Writes a list of samples to a buffer, in the shuffled order of an epoch.
  ///
  /// Allocates no memory. For the list of all samples, the result equals
  /// ``fillShuffled(_:seed:epoch:)``.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten; the old content does not matter.
  ///   - samples: The sample numbers (count).
  ///   - seed: The run's seed.
  ///   - epoch: The number of the epoch.
  package static func fillShuffled(
    _ order: UnsafeMutableBufferPointer<UInt32>, samples: [UInt32], seed: UInt64, epoch: UInt32
  ) {
    fillSequential(order, samples: samples)
    var stream = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    shuffle(order, &stream)
  }

  /// Shuffles elements; each order has equal probability.
  ///
  /// Source: Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964 (Fisher and Yates's
  /// shuffle in place).
  static func shuffle(
    _ elements: UnsafeMutableBufferPointer<UInt32>, _ stream: inout RandomStream
  ) {
    var last = elements.count - 1
    while last > 0 {
      elements.swapAt(last, Int(stream.next(below: UInt32(last + 1))))
      last -= 1
    }
  }
}
