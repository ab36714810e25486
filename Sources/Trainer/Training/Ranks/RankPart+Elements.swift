import Parallel

extension RankPart {
  /// A run of elements in a buffer of them.
  ///
  /// - Parameters:
  ///   - elements: Which elements.
  ///   - type: What the buffer holds.
  @inline(__always)
  init<Element: BitwiseCopyable>(_ elements: Range<Int>, of type: Element.Type) {
    let size = MemoryLayout<Element>.stride
    self.init(offset: size * elements.lowerBound, count: size * elements.count)
  }
}

extension AlignedBuffer {
  /// The bytes of all elements.
  var byteCount: Int { count * MemoryLayout<Element>.stride }
}
