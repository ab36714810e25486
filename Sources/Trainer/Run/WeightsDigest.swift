import Crypto
import Model

/// A name for a model's exact state: equal digests mean equal bits.
public enum WeightsDigest {
  /// The SHA-256 of every parameter, then every running statistic, in the network's order: the
  /// tensor's name in UTF-8, a zero byte, and its values as little-endian floats.
  ///
  /// - Parameter state: The model.
  /// - Returns: 64 hexadecimal digits.
  public static func of(_ state: ModelState) -> String {
    var hash = SHA256()
    for (entry, values) in state.tensors {
      hash.update(data: Array(entry.name.utf8) + [0])
      hash.update(bufferPointer: UnsafeRawBufferPointer(values))
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
