/// The counter-based generator Philox4x32-10: a pure function of a counter and a key, with 128 bits
/// of output.
///
/// A value needs no state and no previous value, so any thread can compute any number. Source:
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct Philox4x32: Sendable {
  /// Four 32-bit words: the input counter, or the output block.
  package typealias Block = SIMD4<UInt32>

  /// The two key words.
  package let key: SIMD2<UInt32>

  /// Creates a generator.
  ///
  /// - Parameter key: The two key words. The same key and counter always give the same block.
  package init(key: SIMD2<UInt32>) {
    self.key = key
  }

  /// The block for a counter.
  ///
  /// - Parameter counter: Four words that identify the block.
  /// - Returns: Four words, each uniform over all 32-bit values.
  @inlinable
  package func block(at counter: Block) -> Block {
    var x = counter
    var k = key
    for _ in 0..<10 {
      let low = x[0].multipliedFullWidth(by: 0xD251_1F53)
      let high = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
      x = Block(high.high ^ x[1] ^ k[0], high.low, low.high ^ x[3] ^ k[1], low.low)
      k = SIMD2(k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85)
    }
    return x
  }
}
