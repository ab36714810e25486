import Parallel

extension RankPart {
  /// Creates a part from a range of elements, converting it to bytes.
  ///
  /// - Parameters:
  ///   - elements: The range of elements in a buffer.
  ///   - type: The type of the buffer's elements.
  @inline(__always)
  init<Element: BitwiseCopyable>(_ elements: Range<Int>, of type: Element.Type) {
    let size = MemoryLayout<Element>.stride
    self.init(offset: size * elements.lowerBound, count: size * elements.count)
  }
}

extension AlignedBuffer {
  /// The size of all elements in bytes.
  var byteCount: Int { count * MemoryLayout<Element>.stride }
}
