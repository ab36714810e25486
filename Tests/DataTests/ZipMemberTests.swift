import Files
import Foundation
import TestSupport
import Testing

@testable import Archives
@testable import ImageData

@Suite("A member of a zip file")
struct ZipMemberTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A zip file of zeros, in which the headers declare fewer bytes.
  private func shortened(_ count: Int, to declared: Int) -> [UInt8] {
    var bytes = ZipFile([
      ZipFile.Member("a", [UInt8](repeating: 0, count: count), isPacked: true)
    ]).bytes
    let directory =
      bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4] == [0x50, 0x4b, 1, 2] } ?? 0
    for place in [22, directory + 24] {
      for index in 0..<4 {
        bytes[place + index] = UInt8(truncatingIfNeeded: declared >> (8 * index))
      }
    }
    return bytes
  }

  @Test("with more bytes than its headers declare is refused as soon as they are found")
  func excess() throws {
    let path = try folder.write(shortened(3 << 20, to: 1000), to: "a.zip")
    let archive = try ZipArchive(path: path, name: "a.zip")
    var received = 0
    let error = dataError {
      try archive.read("a") { bytes throws(DataError) in received += bytes.count }
    }
    #expect(error?.kind == .invalid)
    #expect(error?.description.hasPrefix("a.zip: a: ") == true, "\(error?.description ?? "")")
    #expect(received <= 1000)
  }

  @Test(
    "that is packed by another method than deflate is refused: it could unpack to anything",
    arguments: [12, 14, 93])
  func otherMethod(number: Int) throws {
    var member = ZipFile.Member("a", [UInt8](repeating: 0, count: 100))
    member.method = number
    let archive = try ZipArchive(
      path: try folder.write(ZipFile([member]).bytes, to: "a.zip"), name: "a.zip")
    let error = dataError { try archive.read("a") { _ in } }
    #expect(
      error?.description
        == "a.zip: a: found compression method \(number), expected 0 (stored) or 8 (deflated)")
  }

  @Test("in a file that the system refuses to read is an error of the system, not of the content")
  func unreadable() throws {
    let path = folder.path("loop.zip")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "loop.zip")
    let error = dataError { _ = try ZipArchive(path: path, name: "a.zip") }
    #expect(error?.kind == .unreadable)
    #expect(error?.description == "a.zip: cannot be read: Too many levels of symbolic links")
  }

  @Test("in a file that does not exist is the error of a missing file")
  func missingFile() throws {
    let error = dataError { _ = try ZipArchive(path: folder.path("none.zip"), name: "a.zip") }
    #expect(error?.kind == .notFound)
    #expect(error?.description == "a.zip: cannot be read: No such file or directory")
  }

  @Test("for which libzip gets no memory is refused by a limit, and not called damaged")
  func refusedMemory() {
    let withoutMemory: CInt = 14  // ZIP_ER_MEMORY
    let error = ZipArchive.failure(withoutMemory, system: 0, of: "a.zip: a", content: "damaged")
    #expect(error.kind == .refused)
    #expect(error.description.hasPrefix("a.zip: a: cannot be read: Cannot allocate memory ("))
    let damaged: CInt = 21  // ZIP_ER_INCONS
    #expect(
      ZipArchive.failure(damaged, system: 0, of: "a.zip: a", content: "damaged")
        == DataError(.invalid, "a.zip: a: damaged"))
  }

  @Test("that is missing is an error that counts the others")
  func missing() throws {
    for (count, words) in [(1, "found 1 other: "), (2, "found 2 others: ")] {
      let path = try folder.write(
        ZipFile((0..<count).map { ZipFile.Member("\($0)", []) }).bytes, to: "a.zip")
      let archive = try ZipArchive(path: path, name: "a.zip")
      let error = dataError { _ = try ZipMember("x", of: archive) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }
}
