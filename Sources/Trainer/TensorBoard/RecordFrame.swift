/// The frame of a record in a TFRecord file: the length as 64 bits, its check value, the content,
/// the content's check value; all little-endian.
enum RecordFrame {
  /// Frames a record.
  ///
  /// - Parameter content: The record.
  /// - Returns: The framed record, 16 bytes longer.
  static func framing(_ content: [UInt8]) -> [UInt8] {
    let length = bytes(of: UInt64(content.count))
    return length + bytes(of: masked(CRC32C.checksum(length)))
      + content + bytes(of: masked(CRC32C.checksum(content)))
  }

  /// A check value as files store it.
  ///
  /// The check value of bytes that themselves hold check values would be weak: the format rotates
  /// it and adds a constant.
  static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
  }

  private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
