import Parallel

/// Random numbers that are the same in every run of the tests.
struct SeededGenerator: RandomNumberGenerator {
  private var stream: RandomStream

  init(seed: UInt64) {
    stream = RandomStream(seed: seed, purpose: .shuffle, layer: 0)
  }

  mutating func next() -> UInt64 { UInt64(stream.next()) << 32 | UInt64(stream.next()) }
}
