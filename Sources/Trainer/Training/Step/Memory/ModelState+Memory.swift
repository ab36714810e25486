import Model
import Parallel

extension [ModelState.Tensor] {
  /// Checks that there is memory for copies of the tensors in arrays.
  ///
  /// - Parameter user: What needs the copies.
  /// - Throws: `SystemRefusal` if the memory is refused.
  package func requireMemoryToCopy(for user: String) throws(SystemRefusal) {
    try reserveMemoryToCopy(for: user).release()
  }

  /// Keeps the address space for copies of the tensors in arrays, until these are made.
  ///
  /// - Parameters:
  ///   - user: What needs the copies.
  ///   - more: The bytes that are needed besides.
  /// - Returns: The address space.
  /// - Throws: `SystemRefusal` if it is refused.
  package func reserveMemoryToCopy(
    for user: String, more: Int = 0
  ) throws(SystemRefusal) -> AddressSpaceReserve {
    let count = reduce(0) { $0 + $1.entry.range.count }
    return try SystemRefusal.reserveArrays(
      byteCount: count * MemoryLayout<Float>.stride + more, for: user)
  }
}
