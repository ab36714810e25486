import Files

/// A file's content, unpacked where it is gzip, byte by byte or in runs; memory use is constant.
final class ByteReader {
  /// The file's name for messages.
  let name: String
  private let stream: UnpackedStream
  private let buffer: UnsafeMutableRawBufferPointer
  // What is in the buffer and not yet taken.
  private var first = 0
  private var end = 0
  /// How many bytes were taken, of the unpacked content.
  private(set) var position = 0

  private static let capacity = 64 << 10

  init(_ stream: UnpackedStream) {
    self.stream = stream
    name = stream.file.path
    buffer = .allocate(byteCount: Self.capacity, alignment: 64)
  }

  deinit {
    buffer.deallocate()
  }

  /// Where the next byte is, in words.
  var place: String { place(at: position) }

  /// Where a byte is, in words.
  func place(at position: Int) -> String {
    stream.isGzip ? "byte \(position) of the unpacked data" : "byte \(position)"
  }

  /// An error in the content.
  func invalid(_ problem: String) -> DataError { .invalid(name, problem) }

  /// Checks an IDX header against the size of a file that has one.
  func requirePlausible(_ header: IDXHeader) throws(DataError) {
    try header.requirePlausible(in: stream, content: .images)
  }

  /// Looks at the bytes that come next.
  ///
  /// - Parameter count: How many, a few.
  /// - Returns: They, or fewer at the end.
  /// - Throws: `DataError` as the file's stream does.
  func lookAhead(_ count: Int) throws(DataError) -> [UInt8] {
    if end - first < count {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[first..<end]))
      end -= first
      first = 0
      end += try stream.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    }
    return [UInt8](buffer[first..<min(first + count, end)])
  }

  /// The next byte, which stays the next; nil at the end.
  func peek() throws(DataError) -> UInt8? {
    if first == end {
      first = 0
      end = try stream.fill(buffer)
      if end == 0 { return nil }
    }
    return buffer[first]
  }

  /// Takes the next byte; nil at the end.
  func next() throws(DataError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    first += 1
    position += 1
    return byte
  }

  /// Takes the bytes that come next.
  ///
  /// - Parameter destination: Where they go.
  /// - Returns: How many there were: all it holds, or fewer at the end.
  /// - Throws: `DataError` as the file's stream does.
  func read(into destination: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let buffered = min(end - first, destination.count)
    destination.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: buffer[first..<first + buffered]))
    first += buffered
    var count = buffered
    // What is larger than the buffer need not pass through it.
    if destination.count - count >= Self.capacity {
      count += try stream.fill(UnsafeMutableRawBufferPointer(rebasing: destination[count...]))
    } else if count < destination.count {
      first = 0
      end = try stream.fill(buffer)
      first = min(end, destination.count - count)
      destination[count...].copyBytes(from: buffer[..<first])
      count += first
    }
    position += count
    return count
  }

  /// Takes the bytes that come next.
  ///
  /// - Parameter count: How many, a few.
  /// - Returns: They, or fewer at the end.
  /// - Throws: `DataError` as the file's stream does.
  func read(_ count: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBufferPointer { memory throws(DataError) in
      try read(into: UnsafeMutableRawBufferPointer(memory))
    }
    return Array(bytes[..<found])
  }
}
