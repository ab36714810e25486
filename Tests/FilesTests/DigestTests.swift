import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("A digest")
struct DigestTests {
  /// The examples of RFC 1321 and FIPS 180-2.
  static let examples: [(Digest.Algorithm, String, String)] = [
    (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
    (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ]

  @Test("is that of the standard, of bytes in one part or several", arguments: examples)
  func standard(algorithm: Digest.Algorithm, text: String, expected: String) {
    var whole = Digest(algorithm)
    whole.update(Array(text.utf8))
    let ofWhole = whole.hexadecimal()
    var parts = Digest(algorithm)
    for byte in text.utf8 { parts.update([byte]) }
    let ofParts = parts.hexadecimal()
    #expect(ofWhole == expected)
    #expect(ofParts == expected)
  }

  @Test("of a function that OpenSSL does not allow is an error that names the function")
  func notAllowed() async throws {
    await #expect(processExitsWith: .success) {
      // As under a policy that asks for FIPS 140, without a provider of it; for this process alone.
      typealias SetProperties = @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Int32
      let symbol = try #require(dlsym(nil, "EVP_set_default_properties"))
      let setProperties = unsafeBitCast(symbol, to: SetProperties.self)
      try #require(setProperties(nil, "fips=yes") == 1)
      let error = try #require(throws: Digest.Refusal.self) {
        try InputFile(path: "/dev/null", allowsPipes: true).digest(.md5)
      }
      #expect(error.description == "OpenSSL does not allow MD5")
    }
  }

  @Test("of a file is that of its bytes", arguments: examples)
  func file(algorithm: Digest.Algorithm, text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "file")
    #expect(try InputFile(path: path).digest(algorithm) == expected)
  }

  @Test(
    "of a file that is read in several parts is that of its bytes",
    arguments: [Digest.Algorithm.md5, .sha256])
  func largeFile(algorithm: Digest.Algorithm) throws {
    // One byte more than a part.
    let bytes = (0...1 << 20).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8 ^ $0 >> 16) }
    var digest = Digest(algorithm)
    digest.update(bytes)
    let expected = digest.hexadecimal()
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "file")
    #expect(try InputFile(path: path).digest(algorithm) == expected)
  }
}
