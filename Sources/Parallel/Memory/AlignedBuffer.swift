import Glibc

/// Owns zeroed memory for elements of a trivial type, aligned to a cache line, or if large, to a
/// page.
///
/// Large memory has no physical pages until it is touched. Linux then allocates each page on the
/// NUMA node of the thread that touches it first. Users of the pointer keep the owner alive, and
/// decide which thread may touch which part.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  package let pointer: UnsafeMutablePointer<Element>
  /// The number of elements.
  package let count: Int
  private let pages: MappedPages?

  /// Allocates zeroed elements.
  ///
  /// If the system refuses the memory, the process ends as `SystemRefusal.whenUnavoidable(_:)`
  /// describes.
  ///
  /// - Parameter count: The number of elements, zero or more.
  package init(count: Int) {
    let size = max(count, 1) * MemoryLayout<Element>.stride
    let memory: UnsafeMutableRawPointer
    if size >= 1 << 17 {
      let mapped = MappedPages(byteCount: size)
      memory = mapped.start
      pages = mapped
    } else {
      let alignment = 128
      guard
        let cacheLines = aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
      else { SystemRefusal.endWithoutMemory(bytes: size) }
      memset(cacheLines, 0, size)
      memory = cacheLines
      pages = nil
    }
    pointer = memory.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  deinit {
    if pages == nil { free(pointer) }
  }

  /// The elements.
  package var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// Touches elements, so that their pages are allocated on the calling thread's NUMA node.
  ///
  /// Call it before the elements are written. Threads may touch different elements at the same
  /// time; a page belongs to the first thread.
  ///
  /// - Parameter range: The elements.
  package func touch(_ range: Range<Int>) {
    guard pages != nil, !range.isEmpty else { return }
    let first = UnsafeMutableRawPointer(pointer + range.lowerBound)
    let end = UnsafeMutableRawPointer(pointer + range.upperBound)
    var byte = first
    while byte < end {
      byte.storeBytes(of: 0, as: UInt8.self)
      byte = (byte + 1).alignedUp(toMultipleOf: MappedPages.smallestPage)
    }
  }
}

/// Rounds a number of floats up to whole cache lines.
///
/// - Parameter count: The number of floats needed.
/// - Returns: The next multiple of 16.
@inlinable
package func paddedCount(_ count: Int) -> Int {
  (count + 15) / 16 * 16
}
