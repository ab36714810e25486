import Glibc

/// Zeroed memory in whole pages, which are not physical until they are touched.
///
/// A large block consists of huge pages, for fewer misses in address translation.
final class MappedPages: @unchecked Sendable {
  /// The smallest page size of Linux, in bytes.
  static let smallestPage = 4096
  /// The size in bytes of a huge page on x86-64, and on AArch64 with base pages of 4096 bytes.
  private static let hugePage = 2 << 20
  /// The size in bytes from which a block has huge pages.
  ///
  /// Smaller blocks would leave most of one unused.
  private static let fewestHugeBytes = 1 << 19

  /// The first byte, on a page's boundary.
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Maps whole pages.
  ///
  /// If the system refuses the memory, the process ends as `SystemRefusal.whenUnavoidable(_:)`
  /// describes.
  ///
  /// - Parameter byteCount: The number of bytes needed, at least 1.
  init(byteCount: Int) {
    let isHuge = byteCount >= Self.fewestHugeBytes
    let page = isHuge ? Self.hugePage : Self.smallestPage
    self.byteCount = (byteCount + page - 1) / page * page
    // The boundary lies within the first page; the memory before and after the block is unmapped.
    let mapped = mmap(
      nil, self.byteCount + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      SystemRefusal.endWithoutMemory(bytes: byteCount)
    }
    start = mapped.alignedUp(toMultipleOf: page)
    let before = start - mapped
    if before > 0 { munmap(mapped, before) }
    munmap(start + self.byteCount, page - before)
    // Only advice: Linux may ignore it.
    if isHuge { madvise(start, self.byteCount, MADV_HUGEPAGE) }
  }

  deinit {
    munmap(start, byteCount)
  }
}
