/// A sequence of random words, determined by the seed, a purpose and three numbers.
///
/// Word `4 b + w` is word `w` of the Philox block at counter
/// `(b, index, purpose << 24 | layer, epoch)` under the seed as key, low word first. No state is
/// shared between streams or threads.
package struct RandomStream: Sendable {
  @usableFromInline let generator: Philox4x32
  @usableFromInline var counter: Philox4x32.Block
  @usableFromInline var block: Philox4x32.Block
  @usableFromInline var position = 4

  /// Creates the stream at its first word.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - purpose: What the numbers are for.
  ///   - layer: The number of the layer or tensor, below 2^24; 0 if there is none.
  ///   - index: The number of the sample; 0 if there is none.
  ///   - epoch: The number of the epoch; 0 if there is none.
  package init(
    seed: UInt64, purpose: RandomPurpose, layer: UInt32 = 0, index: UInt32 = 0, epoch: UInt32 = 0
  ) {
    generator = Philox4x32(key: Self.key(seed: seed))
    counter = [0, index, Self.purposeWord(purpose, layer: layer), epoch]
    block = .zero
  }

  /// The Philox key of a seed: low word, high word.
  ///
  /// - Parameter seed: The run's seed.
  /// - Returns: The two key words.
  package static func key(seed: UInt64) -> SIMD2<UInt32> {
    [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
  }

  /// The third word of the counter.
  ///
  /// - Parameters:
  ///   - purpose: What the numbers are for.
  ///   - layer: The number of the layer or tensor, below 2^24.
  /// - Returns: The purpose in the highest byte, the layer in the others.
  package static func purposeWord(_ purpose: RandomPurpose, layer: UInt32) -> UInt32 {
    precondition(layer < 1 << 24, "a layer's number has 24 bits")
    return purpose.rawValue << 24 | layer
  }

  /// The next 32 random bits.
  @inlinable
  package mutating func next() -> UInt32 {
    if position == 4 {
      block = generator.block(at: counter)
      counter[0] &+= 1
      position = 0
    }
    defer { position += 1 }
    return block[position]
  }

  /// A uniform integer below a bound, without bias.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
  ///
  /// - Parameter bound: At least 1.
  /// - Returns: A value in `0..<bound`.
  @inlinable
  package mutating func next(below bound: UInt32) -> UInt32 {
    precondition(bound > 0, "the bound is at least 1")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// A uniform number strictly between 0 and 1, with 52 random bits.
  @inlinable
  package mutating func nextUnitInterval() -> Double {
    let high = UInt64(next() >> 6)
    let low = UInt64(next() >> 6)
    return (Double(high << 26 | low) + 0.5) * 0x1p-52
  }
}
