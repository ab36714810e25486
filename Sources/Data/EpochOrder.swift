import Parallel

/// The order in which an epoch visits the training samples.
package enum EpochOrder {
  /// Writes `0..<count` into a buffer.
  ///
  /// - Parameter order: (count), overwritten.
  package static func fillSequential(_ order: UnsafeMutableBufferPointer<UInt32>) {
    for index in 0..<order.count { order[index] = UInt32(index) }
  }

  /// Writes the samples of a list, in its order, into a buffer.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten.
  ///   - samples: Sample numbers, as many.
  package static func fillSequential(
    _ order: UnsafeMutableBufferPointer<UInt32>, samples: [UInt32]
  ) {
    precondition(order.count == samples.count, "an order has every sample once")
    _ = order.update(fromContentsOf: samples)
  }

  /// Writes the shuffled order of an epoch into a buffer, without reserving memory.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten; what it held does not matter.
  ///   - seed: The run's seed.
  ///   - epoch: The epoch.
  package static func fillShuffled(
    _ order: UnsafeMutableBufferPointer<UInt32>, seed: UInt64, epoch: UInt32
  ) {
    fillSequential(order)
    var stream = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    shuffle(order, &stream)
  }

  /// Writes the samples of a list, in the shuffled order of an epoch, into a buffer.
  ///
  /// Reserves no memory. The list of all samples gives the bits of ``fillShuffled(_:seed:epoch:)``.
  ///
  /// - Parameters:
  ///   - order: (count), overwritten; what it held does not matter.
  ///   - samples: Sample numbers, as many.
  ///   - seed: The run's seed.
  ///   - epoch: The epoch.
  package static func fillShuffled(
    _ order: UnsafeMutableBufferPointer<UInt32>, samples: [UInt32], seed: UInt64, epoch: UInt32
  ) {
    fillSequential(order, samples: samples)
    var stream = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    shuffle(order, &stream)
  }

  /// Brings elements into a random order, each with equal probability.
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
