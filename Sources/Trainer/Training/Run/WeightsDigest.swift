import Files
import Model

/// A name for a model's exact state: equal digests mean equal bits.
package enum WeightsDigest {
  /// The SHA-256 of every parameter, then every running statistic, in the network's order: the
  /// tensor's name in UTF-8, a zero byte, and its values, row-major, as little-endian floats.
  ///
  /// - Parameter state: The model.
  /// - Returns: 64 hexadecimal digits.
  package static func of(_ state: ModelState) -> String {
    var hash = SHA256()
    for tensor in state.tensors {
      hash.update(Array(tensor.entry.name.utf8) + [0])
      tensor.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexadecimal()
  }
}
