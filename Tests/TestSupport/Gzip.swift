import CZlib

/// Bytes as one gzip member, made by zlib: level 0 stores, 9 packs best.
package func gzip(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  precondition(
    deflateInit2_(
      &stream, level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
  defer { deflateEnd(&stream) }
  var input = bytes
  let capacity = Int(deflateBound(&stream, UInt(bytes.count))) + 64
  return input.withUnsafeMutableBufferPointer { source in
    stream.next_in = source.baseAddress
    stream.avail_in = UInt32(source.count)
    return [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      count = Int(stream.total_out)
    }
  }
}

/// The CRC-32 that a gzip trailer holds.
package func crc(_ bytes: [UInt8]) -> UInt32 {
  UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
}
