/// The buckets of TensorBoard's own writers: they end at 0 and at ±1e-12 x 1.1^i, up to 1e20, and
/// at the largest number of each sign.
///
/// A bucket holds values from the end of the one before, inclusive, to its own, exclusive.
struct HistogramBuckets: Sendable {
  /// The shared instance.
  static let standard = HistogramBuckets()

  /// The end of each bucket, ascending.
  let limits: [Double]
  /// The bucket of the least value for each of a value's upper 12 bits.
  ///
  /// Those are the sign, the exponent and 3 bits of the mantissa: at most two buckets start among
  /// the values that share them, so a search from there is short.
  private let firstBuckets: [UInt16]

  private init() {
    var positive: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    let limits = positive.reversed().map { -$0 } + [0] + positive
    self.limits = limits
    firstBuckets = (UInt32(0)..<1 << 12).map { upper in
      // Of negative values the least has the largest magnitude.
      let least = Float(bitPattern: upper << 20 | (upper >> 11 == 0 ? 0 : 0xf_ffff))
      return UInt16(limits.firstIndex { Double(least) < $0 } ?? 0)
    }
  }

  /// The bucket of a value.
  ///
  /// - Parameter value: Finite.
  /// - Returns: Its number, from 0.
  func index(of value: Float) -> Int {
    var index = Int(firstBuckets[Int(value.bitPattern >> 20)])
    while Double(value) >= limits[index] { index += 1 }
    return index
  }
}
