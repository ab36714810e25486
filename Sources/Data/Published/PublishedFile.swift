/// A file at a mirror.
package struct PublishedFile: Equatable, Sendable {
  /// Its name, relative to the mirror's address.
  package let name: String

  /// The MD5 of its bytes, packed as they are; nil if the SHA-256 of the content is known instead.
  package let md5: String?

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - name: Its name, relative to the mirror's address.
  ///   - md5: The MD5 of its bytes; nil if it is not needed.
  package init(_ name: String, md5: String? = nil) {
    self.name = name
    self.md5 = md5
  }
}
