import Files

/// Reads a file, unpacked if it is gzip, by bytes or in runs, in constant memory.
final class ByteReader {
  /// The name that messages use.
  let name: String
  private let stream: UnpackedStream
  private let buffer: UnsafeMutableRawBufferPointer
  // The bytes in the buffer that were not taken yet.
  private var first = 0
  private var end = 0
  /// The number of bytes taken from the unpacked content.
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

  /// The position of the next byte, for messages.
  var place: String { place(at: position) }

  /// The position of a byte, for messages.
  func place(at position: Int) -> String {
    stream.isGzip ? "byte \(position) of the unpacked data" : "byte \(position)"
  }

  /// Creates an error in the content.
  func invalid(_ problem: String) -> DataError { .invalid(name, problem) }

  /// Checks an IDX header against the size of the file, if the file has one.
  func requirePlausible(_ header: IDXHeader) throws(DataError) {
    try header.requirePlausible(in: stream, content: .images)
  }

  /// Returns the next bytes without taking them.
  ///
  /// - Parameter count: The number of bytes, at most the capacity of the buffer.
  /// - Returns: The bytes; fewer at the end of the content.
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

  /// Returns the next byte without taking it; nil at the end.
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

  /// Takes the next bytes.
  ///
  /// - Parameter destination: Receives the bytes.
  /// - Returns: The number of bytes taken: all that fit, or fewer at the end of the content.
  /// - Throws: `DataError` as the file's stream does.
  func read(into destination: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let buffered = min(end - first, destination.count)
    destination.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: buffer[first..<first + buffered]))
    first += buffered
    var count = buffered
    // A block larger than the buffer is read directly.
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

  /// Takes the next bytes.
  ///
  /// - Parameter count: The number of bytes, at most the capacity of the buffer.
  /// - Returns: The bytes; fewer at the end of the content.
  /// - Throws: `DataError` as the file's stream does.
  func read(_ count: Int) throws(DataError) -> [UInt8] {
    try readBytes(count) { buffer throws(DataError) in try read(into: buffer) }
  }
}
