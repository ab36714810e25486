import Parallel

/// Random numbers that are the same in every run of the tests.
package struct SeededGenerator: RandomNumberGenerator {
  private var stream: RandomStream

  /// Creates the generator at its first number.
  ///
  /// - Parameter seed: Other seeds give other numbers.
  package init(seed: UInt64) {
    stream = RandomStream(seed: seed, purpose: .shuffle, layer: 0)
  }

  /// The next number.
  package mutating func next() -> UInt64 { UInt64(stream.next()) << 32 | UInt64(stream.next()) }
}
