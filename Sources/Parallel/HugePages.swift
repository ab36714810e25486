import Glibc

/// Zeroed memory that starts on a huge page's boundary and has no physical pages until it is
/// touched.
final class HugePages: @unchecked Sendable {
  /// The smallest page size of Linux, in bytes.
  static let smallestPage = 4096
  /// The size in bytes of a huge page on x86-64, and on AArch64 with base pages of 4096 bytes.
  private static let size = 2 << 20

  /// The first byte.
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Maps whole huge pages.
  ///
  /// If the system refuses the memory, the process ends as `SystemRefusal.whenUnavoidable(_:)`
  /// describes.
  ///
  /// - Parameter byteCount: The number of bytes needed, at least 1.
  init(byteCount: Int) {
    let size = Self.size
    self.byteCount = (byteCount + size - 1) / size * size
    // The boundary lies within the first huge page; the memory before and after the block is
    // unmapped.
    let mapped = mmap(
      nil, self.byteCount + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      SystemRefusal.endWithoutMemory(bytes: byteCount)
    }
    start = mapped.alignedUp(toMultipleOf: size)
    let before = start - mapped
    if before > 0 { munmap(mapped, before) }
    munmap(start + self.byteCount, size - before)
    // Only advice: Linux may ignore it.
    madvise(start, self.byteCount, MADV_HUGEPAGE)
  }

  deinit {
    munmap(start, byteCount)
  }
}
