@testable import TensorBoard

/// Reads the records of an event file, by a check value computed bit by bit.
enum EventRecords {
  enum Damage: Error {
    case truncated(at: Int)
    case lengthCheck(at: Int)
    case contentCheck(at: Int)
  }

  /// The events of a file.
  ///
  /// - Parameter bytes: All of it.
  /// - Returns: The events in their order.
  /// - Throws: `Damage` where a frame is not whole.
  static func events(of bytes: [UInt8]) throws -> [Event] {
    var events: [Event] = []
    var offset = 0
    while offset < bytes.count {
      guard bytes.count - offset >= 16 else { throw Damage.truncated(at: offset) }
      let length = bytes[offset..<offset + 8]
      guard check(of: length) == number(bytes[offset + 8..<offset + 12]) else {
        throw Damage.lengthCheck(at: offset)
      }
      let count = Int(number(length))
      guard bytes.count - offset - 16 >= count else { throw Damage.truncated(at: offset) }
      let content = bytes[offset + 12..<offset + 12 + count]
      guard check(of: content) == number(bytes[offset + 12 + count..<offset + 16 + count]) else {
        throw Damage.contentCheck(at: offset)
      }
      events.append(try Event(encoding: Array(content)))
      offset += 16 + count
    }
    return events
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The check value of a frame: by polynomial division, then rotated right by 15 bits, plus a
  /// constant.
  private static func check(of bytes: ArraySlice<UInt8>) -> UInt64 {
    var remainder: UInt32 = 0xffff_ffff
    for byte in bytes {
      for bit in 0..<8 {
        let next = remainder & 1 ^ UInt32(byte >> bit & 1)
        remainder = remainder >> 1 ^ (next == 1 ? 0x82f6_3b78 : 0)
      }
    }
    let checksum = remainder ^ 0xffff_ffff
    let rotated = UInt64(checksum >> 15) | UInt64(checksum & 0x7fff) << 17
    return (rotated + 0xa282_ead8) & 0xffff_ffff
  }
}
