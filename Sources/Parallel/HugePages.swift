import Glibc

/// Fresh memory from the kernel on a huge page's boundary: zero, and not yet anywhere in the machine.
final class HugePages: @unchecked Sendable {
  /// The smallest page of any Linux, in bytes.
  static let smallestPage = 4096
  /// A huge page of x86-64, and of AArch64 with small pages of 4096 bytes.
  private static let size = 2 << 20

  /// The first byte.
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Maps whole huge pages.
  ///
  /// - Parameter byteCount: How many bytes are needed, at least 1.
  init(byteCount: Int) {
    let size = Self.size
    self.byteCount = (byteCount + size - 1) / size * size
    // A boundary lies somewhere in the first huge page; what is before and behind goes back.
    let mapped = mmap(
      nil, self.byteCount + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      SystemRefusal.endWithoutMemory(bytes: byteCount)
    }
    start = mapped.alignedUp(toMultipleOf: size)
    let before = start - mapped
    if before > 0 { munmap(mapped, before) }
    munmap(start + self.byteCount, size - before)
    // Advice: the kernel may decline it.
    madvise(start, self.byteCount, MADV_HUGEPAGE)
  }

  deinit {
    munmap(start, byteCount)
  }
}
