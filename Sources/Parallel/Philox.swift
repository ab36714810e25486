/// The counter-based generator Philox4x32-10: a pure function from a counter and a key to 128 bits.
///
/// A value needs no state and no predecessor, so any thread can make any number. Source: Salmon,
/// Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct Philox4x32: Sendable {
  /// Four 32-bit words: the counter that goes in, or the block that comes out.
  package typealias Block = SIMD4<UInt32>

  /// The two key words.
  package let key: SIMD2<UInt32>

  /// Creates a generator.
  ///
  /// - Parameter key: Two words; the same key and counter give the same block, always.
  package init(key: SIMD2<UInt32>) {
    self.key = key
  }

  /// The block that belongs to a counter.
  ///
  /// - Parameter counter: Four words that name the block.
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
