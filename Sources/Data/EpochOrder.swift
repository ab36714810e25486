import Parallel

/// The order in which an epoch visits the training samples.
public enum EpochOrder {
  /// Writes `0..<count` into a buffer.
  ///
  /// - Parameter order: (count), overwritten.
  public static func fillSequential(_ order: UnsafeMutableBufferPointer<UInt32>) {
    for index in 0..<order.count { order[index] = UInt32(index) }
  }

  /// Writes the shuffled order of an epoch into a buffer, without reserving memory.
  ///
  /// Source: Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964 (Fisher and Yates's
  /// shuffle in place).
  ///
  /// - Parameters:
  ///   - order: (count), overwritten; what it held does not matter.
  ///   - seed: The run's seed.
  ///   - epoch: The epoch.
  public static func fillShuffled(
    _ order: UnsafeMutableBufferPointer<UInt32>, seed: UInt64, epoch: UInt32
  ) {
    fillSequential(order)
    var stream = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    var last = order.count - 1
    while last > 0 {
      order.swapAt(last, Int(stream.next(below: UInt32(last + 1))))
      last -= 1
    }
  }
}
