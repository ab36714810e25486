import Glibc
import Synchronization

/// Address space that is kept free until something large is allocated.
///
/// It is never touched: it needs no memory, and a cgroup does not count it.
package final class AddressSpaceReserve: Sendable {
  private let byteCount: Int
  /// The address of the mapping; nil once it is released.
  private let address: Mutex<UInt?>

  /// Reserves address space.
  ///
  /// - Parameters:
  ///   - byteCount: The number of bytes, at least 1.
  ///   - user: What needs them.
  /// - Throws: ``SystemRefusal`` if the address space is refused.
  package init(byteCount: Int, for user: String) throws(SystemRefusal) {
    let mapped = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw SystemRefusal.memory(bytes: byteCount, for: user)
    }
    self.byteCount = byteCount
    address = Mutex(UInt(bitPattern: mapped))
  }

  deinit { release() }

  /// Releases the address space, if it has not been released.
  package func release() {
    address.withLock { address in
      if let address { munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount) }
      address = nil
    }
  }
}
