import CCrypto
import Glibc

/// Computes the digest of bytes that arrive in parts, with OpenSSL.
package struct Digest: ~Copyable {
  /// A function that computes digests.
  package enum Algorithm: String, Sendable {
    /// What identifies data here.
    case sha256 = "SHA-256"
    /// Listed by some publishers. Detects corruption, not tampering.
    case md5 = "MD5"
  }

  /// Why OpenSSL computes no digest.
  package enum Refusal: Error, Equatable, CustomStringConvertible {
    /// It may not, such as MD5 under a policy of FIPS 140.
    case notAllowed(Algorithm)
    /// It has no memory.
    case noMemory

    /// The reason.
    package var description: String {
      switch self {
      case .notAllowed(let algorithm): "OpenSSL does not allow \(algorithm.rawValue)"
      case .noMemory: "OpenSSL has no memory for a digest"
      }
    }
  }

  private let algorithm: Algorithm
  private let context: OpaquePointer

  /// Creates the digest of no bytes.
  ///
  /// Without memory for it the process ends, as for a small array.
  ///
  /// - Parameter algorithm: A function that OpenSSL always allows: SHA-256.
  package init(_ algorithm: Algorithm) {
    do throws(Refusal) {
      context = try Self.initialContext(algorithm).get()
    } catch .noMemory {
      // The program's handler of SIGABRT knows by this that memory was refused.
      errno = ENOMEM
      abort()
    } catch {
      fatalError("\(error)")
    }
    self.algorithm = algorithm
  }

  private init(_ algorithm: Algorithm, _ context: OpaquePointer) {
    self.algorithm = algorithm
    self.context = context
  }

  /// Creates the digest of no bytes.
  ///
  /// - Parameter algorithm: The function.
  /// - Returns: The digest.
  /// - Throws: ``Refusal``.
  static func ifAllowed(_ algorithm: Algorithm) throws(Refusal) -> Digest {
    try Digest(algorithm, initialContext(algorithm).get())
  }

  /// OpenSSL's state of a digest of no bytes, which the caller frees.
  private static func initialContext(_ algorithm: Algorithm) -> Result<OpaquePointer, Refusal> {
    // Without this, the first use reads OpenSSL's configuration file, which a digest does not need.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    errno = 0
    let function =
      switch algorithm {
      case .sha256: EVP_sha256()
      case .md5: EVP_md5()
      }
    guard let context = EVP_MD_CTX_new() else { return .failure(.noMemory) }
    guard EVP_DigestInit_ex(context, function, nil) == 1 else {
      let reason: Refusal = errno == ENOMEM ? .noMemory : .notAllowed(algorithm)
      EVP_MD_CTX_free(context)
      return .failure(reason)
    }
    return .success(context)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // An empty buffer may have no address.
    guard let address = bytes.baseAddress else { return }
    guard EVP_DigestUpdate(context, address, bytes.count) == 1 else {
      fatalError("OpenSSL refuses bytes for \(algorithm.rawValue)")
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
  /// - Returns: Lower-case hexadecimal digits: 64 for SHA-256, 32 for MD5.
  package consuming func hexadecimal() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &count) == 1 else {
      fatalError("OpenSSL does not finish \(algorithm.rawValue)")
    }
    return Files.hexadecimal(digest.prefix(Int(count)), separator: "")
  }
}

extension InputFile {
  private static let chunkSize = 1 << 20

  /// The digest of the remaining bytes, which are read and not kept.
  ///
  /// - Parameter algorithm: The function.
  /// - Returns: Lower-case hexadecimal digits.
  /// - Throws: ``FileError``; ``Digest/Refusal`` if OpenSSL does not compute the function.
  package func digest(_ algorithm: Digest.Algorithm) throws -> String {
    var digest = try Digest.ifAllowed(algorithm)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      if count == 0 { return digest.hexadecimal() }
      digest.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
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
