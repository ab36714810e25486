import Files
import Model

/// A digest of a model's parameters and running statistics: equal digests mean equal bits.
package enum WeightsDigest {
  /// Computes the SHA-256 over all parameters, then all running statistics, in the network's order.
  ///
  /// Each tensor contributes its name in UTF-8, a zero byte, and its values, row-major, as
  /// little-endian 32-bit floats.
  ///
  /// - Parameter state: The model.
  /// - Returns: 64 hexadecimal digits.
  package static func of(_ state: ModelState) -> String {
    var hash = Digest(.sha256)
    for tensor in state.tensors {
      hash.update(Array(tensor.entry.name.utf8) + [0])
      tensor.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexadecimal()
  }
}
