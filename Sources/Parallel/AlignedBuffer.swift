import Glibc

/// Owns zeroed memory for elements of a trivial type, aligned to cache lines, or to a huge page where large.
///
/// Whoever uses the pointer keeps the owner alive and says which thread may touch which part.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  public let pointer: UnsafeMutablePointer<Element>
  /// How many elements there are.
  public let count: Int

  /// Allocates zeroed elements.
  ///
  /// - Parameter count: How many; zero is allowed.
  public init(count: Int) {
    let size = max(count, 1) * MemoryLayout<Element>.stride
    // What is large starts on a huge page and fills whole ones: fewer address translations to miss.
    let isLarge = size >= 1 << 17
    let alignment = isLarge ? 2 << 20 : 128
    let reserved = (size + alignment - 1) / alignment * alignment
    guard let memory = aligned_alloc(alignment, reserved) else {
      fatalError("out of memory: \(size) bytes asked for")
    }
    if isLarge { madvise(memory, reserved, MADV_HUGEPAGE) }  // advice: the kernel may decline it
    memset(memory, 0, size)
    pointer = memory.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  deinit {
    free(pointer)
  }

  /// The elements.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}

/// A float count rounded up so that whatever follows starts on a cache line.
///
/// - Parameter count: How many floats are needed.
/// - Returns: The next multiple of 16.
@inlinable
public func paddedCount(_ count: Int) -> Int {
  (count + 15) / 16 * 16
}
