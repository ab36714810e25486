import CCrypto

/// Computes the SHA-256 of bytes that arrive in parts, with OpenSSL.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Creates the digest of no bytes.
  package init() {
    // Without this, the first use reads OpenSSL's configuration file, which a digest does not need.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("OpenSSL has no SHA-256, or no memory for it")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // An empty buffer may have no address.
    guard let address = bytes.baseAddress else { return }
    guard EVP_DigestUpdate(context, address, bytes.count) == 1 else {
      fatalError("OpenSSL refuses bytes for a SHA-256")
    }
  }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The bytes.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of all bytes.
  ///
  /// - Returns: 64 lower-case hexadecimal digits.
  package consuming func hexadecimal() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &count) == 1 else {
      fatalError("OpenSSL does not finish a SHA-256")
    }
    return Files.hexadecimal(digest.prefix(Int(count)), separator: "")
  }
}

/// Bytes as text, two lower-case hexadecimal digits each.
///
/// - Parameters:
///   - bytes: The bytes.
///   - separator: The text between two bytes.
/// - Returns: The digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
}
