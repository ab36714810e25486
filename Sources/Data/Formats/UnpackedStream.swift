import CZlib
import Files
import Parallel

/// Reads a file from start to end, and unpacks it if it is gzip.
///
/// The first two bytes determine whether it is gzip. Gzip members may follow one another; the CRC
/// and the length of each are checked. Memory use is constant: input passes through one small
/// buffer, and output is written directly to the caller's buffer.
final class UnpackedStream {
  /// The file's path, size and descriptor.
  let file: InputFile
  /// Whether the file is gzip rather than plain.
  let isGzip: Bool

  // Large enough for few calls; small enough that zlib's checksum finds each output chunk in cache.
  private static let inputCapacity = 128 << 10
  private static let outputChunk = 512 << 10

  private let input: UnsafeMutableRawBufferPointer
  private let inflater: UnsafeMutablePointer<z_stream>
  // The unused input bytes are inflater.pointee.next_in and avail_in, for plain files too.
  private var bytesRead = 0
  private var memberStart = 0
  private var memberIsOpen = true

  /// Opens a regular file and reads its first bytes.
  ///
  /// - Throws: `DataError`: as `InputFile` does; `invalid` if the file is empty, or if its name
  ///   ends in ".gz" and its content is not gzip; `refused` if zlib has no memory to unpack it.
  convenience init(path: String, name: String? = nil) throws(DataError) {
    try self.init(
      DataError.wrapping { () throws(FileError) in try InputFile(path: path, name: name) })
  }

  /// Reads the first bytes of an open file.
  ///
  /// - Throws: `DataError`: `unreadable` if reading failed; `invalid` if the file is empty, or if
  ///   its name ends in ".gz" and its content is not gzip; `refused` if zlib has no memory to
  ///   unpack it.
  init(_ file: consuming InputFile) throws(DataError) {
    let path = file.path
    let input = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.inputCapacity, alignment: 4096)
    let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    inflater.initialize(to: z_stream())
    do throws(DataError) {
      // Two bytes determine the kind of the file.
      while bytesRead < 2 {
        let count = try file.readData(
          into: UnsafeMutableRawBufferPointer(rebasing: input[bytesRead...]))
        if count == 0 { break }
        bytesRead += count
      }
      isGzip = try Self.isGzip(UnsafeRawBufferPointer(rebasing: input[..<bytesRead]), path: path)
      if isGzip {
        // 16 + 15: a gzip wrapper and the largest window.
        let status = inflateInit2_(
          inflater, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status == Z_MEM_ERROR { throw Self.noMemory(path) }
        guard status == Z_OK else {
          throw DataError(.unreadable, "\(path): zlib cannot start: status \(status)")
        }
      }
    } catch {
      inflater.deallocate()
      input.deallocate()
      throw error
    }
    inflater.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    inflater.pointee.avail_in = UInt32(bytesRead)
    self.file = file
    self.input = input
    self.inflater = inflater
  }

  deinit {
    if isGzip { inflateEnd(inflater) }
    inflater.deallocate()
    input.deallocate()
  }

  /// Fills a buffer with the next bytes.
  ///
  /// - Returns: The number of bytes written: all that fit, or fewer at the end of the data, after
  ///   all checks.
  /// - Throws: `DataError`: `invalid` if the file is truncated, damaged or followed by other data;
  ///   `unreadable` if reading failed; `refused` if zlib has no memory.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try step(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      guard let count else { break }
      filled += count
    }
    return filled
  }

  /// Writes zero or more bytes and returns their number; nil at the end of the data.
  private func step(_ rest: UnsafeMutableRawBufferPointer) throws(DataError) -> Int? {
    isGzip ? try inflateSome(into: rest) : try copySome(into: rest)
  }

  private func copySome(into rest: UnsafeMutableRawBufferPointer) throws(DataError) -> Int? {
    let waiting = min(Int(inflater.pointee.avail_in), rest.count)
    if waiting > 0 {
      rest.copyMemory(from: UnsafeRawBufferPointer(start: inflater.pointee.next_in, count: waiting))
      inflater.pointee.next_in += waiting
      inflater.pointee.avail_in -= UInt32(waiting)
      return waiting
    }
    let count = try file.readData(into: rest)
    bytesRead += count
    return count == 0 ? nil : count
  }

  private func inflateSome(into rest: UnsafeMutableRawBufferPointer) throws(DataError) -> Int? {
    if inflater.pointee.avail_in == 0 {
      let count = try file.readData(into: input)
      inflater.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      inflater.pointee.avail_in = UInt32(count)
      bytesRead += count
      if count == 0 {
        if memberIsOpen { throw truncated() }
        return nil
      }
    }
    if !memberIsOpen { try openNextMember() }

    let space = min(rest.count, Self.outputChunk)
    inflater.pointee.next_out = rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
    inflater.pointee.avail_out = UInt32(space)
    let status = inflate(inflater, Z_NO_FLUSH)
    switch status {
    case Z_OK: break
    case Z_STREAM_END: memberIsOpen = false
    case Z_DATA_ERROR: throw damaged()
    case Z_MEM_ERROR: throw Self.noMemory(file.path)
    default: throw .invalid(file.path, "byte \(offset): zlib stopped with status \(status)")
    }
    return space - Int(inflater.pointee.avail_out)
  }

  /// The file offset of the first unused byte.
  private var offset: Int { bytesRead - Int(inflater.pointee.avail_in) }

  private func openNextMember() throws(DataError) {
    memberStart = offset
    guard inflater.pointee.next_in.pointee == Self.magic.0 else { throw garbage() }
    let status = inflateReset(inflater)
    guard status == Z_OK else {
      throw .invalid(file.path, "byte \(offset): zlib stopped with status \(status)")
    }
    memberIsOpen = true
  }
}

// MARK: - What can be wrong

extension UnpackedStream {
  private static var magic: (UInt8, UInt8) { (0x1f, 0x8b) }

  private static func isGzip(
    _ head: UnsafeRawBufferPointer, path: String
  ) throws(DataError) -> Bool {
    if head.isEmpty { throw .invalid(path, "the file is empty") }
    let startsAsGzip = head[0] == magic.0 && (head.count == 1 || head[1] == magic.1)
    if startsAsGzip && head.count > 1 { return true }
    guard path.hasSuffix(".gz") else { return false }
    if startsAsGzip {
      throw .invalid(path, "truncated at byte 1: the gzip stream does not end there")
    }
    throw .invalid(
      path,
      "byte 0: expected gzip (1f 8b), found \(hexadecimal(head.prefix(4)))\(resemblance(of: head))")
  }

  /// What a file that is not gzip may be, from its first bytes.
  private static func resemblance(of head: UnsafeRawBufferPointer) -> String {
    let printable = head.prefix(16).prefix { (0x20..<0x7f).contains($0) }
    guard printable.count >= 4 else {
      return head.starts(with: [0, 0, 8]) ? ": an IDX file that is not packed" : ""
    }
    let text = String(decoding: printable, as: UTF8.self)
    let isMarkup = head.first == UInt8(ascii: "<")
    return " (\"\(text)\"): \(isMarkup ? "a web page, not the file" : "text")"
  }

  private static func noMemory(_ path: String) -> DataError {
    DataError(.refused, "\(path): zlib has no memory to unpack it (\(MemoryLimit.explanation))")
  }

  private func truncated() -> DataError {
    .invalid(file.path, "truncated at byte \(bytesRead): the gzip stream does not end there")
  }

  private func garbage() -> DataError {
    .invalid(
      file.path,
      "byte \(memberStart): expected the end of the file or another gzip member (1f 8b), "
        + "found something else")
  }

  /// The problem that zlib found, with the values of gzip's trailer if a check failed.
  private func damaged() -> DataError {
    let reason = inflater.pointee.msg.map { String(cString: $0) } ?? "invalid data"
    // zlib has read the stored checksum or length, and not one byte more.
    let stored = file.littleEndianWord(at: offset - 4)
    switch (reason, stored) {
    case ("incorrect header check", _) where memberStart > 0:
      return garbage()
    case ("incorrect data check", let stored?):
      let found = String(UInt32(truncatingIfNeeded: inflater.pointee.adler), radix: 16)
      return .invalid(
        file.path,
        "byte \(offset - 4): the unpacked data's CRC-32 is \(found), "
          + "the gzip trailer says \(String(stored, radix: 16))")
    case ("incorrect length check", let stored?):
      return .invalid(
        file.path,
        "byte \(offset - 4): the unpacked data has \(inflater.pointee.total_out) bytes, "
          + "the gzip trailer says \(stored)")
    default:
      return .invalid(file.path, "byte \(offset): damaged gzip data: \(reason)")
    }
  }
}
