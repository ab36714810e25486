import Model
import Parallel

extension [ModelState.Tensor] {
  /// Checks that there is memory for copies of the tensors in arrays.
  ///
  /// - Parameter user: What needs the copies.
  /// - Throws: `SystemRefusal` if the memory is refused.
  package func requireMemoryToCopy(for user: String) throws(SystemRefusal) {
    let count = reduce(0) { $0 + $1.entry.range.count }
    try SystemRefusal.requireArrays(byteCount: count * MemoryLayout<Float>.stride, for: user)
  }
}
