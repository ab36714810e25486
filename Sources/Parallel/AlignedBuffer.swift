import Glibc

/// Owns zeroed memory for elements of a trivial type, aligned to cache lines, or to a huge page where large.
///
/// Large memory has no place in the machine until it is touched: the kernel then takes it from the
/// NUMA node of the thread that touches it first. Whoever uses the pointer keeps the owner alive and
/// says which thread may touch which part.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  package let pointer: UnsafeMutablePointer<Element>
  /// How many elements there are.
  package let count: Int
  private let hugePages: HugePages?

  /// Allocates zeroed elements.
  ///
  /// Where the system refuses the memory, the process ends as `SystemRefusal.whenUnavoidable(_:)` says.
  ///
  /// - Parameter count: How many; zero is allowed.
  package init(count: Int) {
    let size = max(count, 1) * MemoryLayout<Element>.stride
    let memory: UnsafeMutableRawPointer
    // What is large fills whole huge pages: fewer address translations to miss.
    if size >= 1 << 17 {
      let pages = HugePages(byteCount: size)
      memory = pages.start
      hugePages = pages
    } else {
      let alignment = 128
      guard
        let cacheLines = aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
      else { SystemRefusal.endWithoutMemory(bytes: size) }
      memset(cacheLines, 0, size)
      memory = cacheLines
      hugePages = nil
    }
    pointer = memory.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  deinit {
    if hugePages == nil { free(pointer) }
  }

  /// The elements.
  package var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// Takes some elements into memory near the calling thread; before they are written.
  ///
  /// Threads may do so for different elements at the same time. A page goes to whoever comes first.
  ///
  /// - Parameter range: The elements.
  package func touch(_ range: Range<Int>) {
    guard hugePages != nil, !range.isEmpty else { return }
    let first = UnsafeMutableRawPointer(pointer + range.lowerBound)
    let end = UnsafeMutableRawPointer(pointer + range.upperBound)
    var byte = first
    while byte < end {
      byte.storeBytes(of: 0, as: UInt8.self)
      byte = (byte + 1).alignedUp(toMultipleOf: HugePages.smallestPage)
    }
  }
}

/// A float count rounded up so that whatever follows starts on a cache line.
///
/// - Parameter count: How many floats are needed.
/// - Returns: The next multiple of 16.
@inlinable
package func paddedCount(_ count: Int) -> Int {
  (count + 15) / 16 * 16
}
