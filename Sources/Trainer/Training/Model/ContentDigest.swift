import Files
import Model

/// A checksum over all that a safetensors file of this trainer says, kept in its metadata.
///
/// The format has none of its own: without it a flipped bit would be another weight.
package enum ContentDigest {
  /// The metadata's key.
  package static let key = "content_sha256"

  /// Digests metadata and tensors.
  ///
  /// The SHA-256 of each metadata pair, sorted by key, then each tensor's name, type, shape and
  /// bytes; text is UTF-8 and ends with a zero byte.
  ///
  /// - Parameters:
  ///   - metadata: The pairs; one under ``key`` is left out.
  ///   - tensors: The tensors, in their order.
  /// - Returns: 64 hexadecimal digits.
  package static func of(metadata: [String: String], tensors: [SafetensorsTensor]) -> String {
    var hash = Digest(.sha256)
    func add(_ text: String) { hash.update(Array(text.utf8) + [0]) }
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) where name != key {
      add(name)
      add(value)
    }
    for tensor in tensors {
      add(tensor.name)
      add("\(tensor.dtype.rawValue) \(tensor.shape)")
      tensor.bytes.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexadecimal()
  }

  /// Checks a file that has to have a digest.
  ///
  /// - Parameter file: The file.
  /// - Throws: ``TrainerError`` if there is none, or another.
  package static func check(_ file: SafetensorsFile) throws {
    let found = file.metadata[key]
    let expected = of(metadata: file.metadata, tensors: file.tensors)
    guard found != expected else { return }
    throw TrainerError(
      .badData,
      "\(file.path): metadata `\(key)`: found \(found ?? "none"), expected \(expected), the "
        + "SHA-256 of the content: the file is damaged")
  }
}
