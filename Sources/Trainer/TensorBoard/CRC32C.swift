/// The cyclic redundancy check with Castagnoli's polynomial, as RFC 3720 defines it in section
/// 12.1: reflected, all ones before and inverted after.
enum CRC32C {
  /// The remainder of each byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 0 ? remainder >> 1 : remainder >> 1 ^ 0x82f6_3b78
    }
  }

  /// The check value of some bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The value; 0xe3069283 for the digits 1 to 9 in ASCII.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = table
    let remainder = bytes.reduce(UInt32.max) { remainder, byte in
      remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
    }
    return ~remainder
  }
}
