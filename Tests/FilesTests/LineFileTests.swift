import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("A file of lines")
struct LineFileTests {
  @Test("that cannot be written is an error with its name, each time, until the lines are written")
  func full() throws {
    let file = try LineFile(path: "/dev/full")
    for _ in 0..<2 {
      let error = #expect(throws: FileError.self) { try file.append("line".utf8) }
      #expect(error?.description == "/dev/full: cannot be written: No space left on device")
    }
    #expect(throws: FileError.self) { try file.finish() }
  }

  @Test("keeps a bounded number of bytes that cannot be written, and then fails for good")
  func pending() throws {
    let file = try AppendedFile(OpenFile("/dev/full", O_WRONLY), path: "/dev/full")
    let record = [UInt8](repeating: 1, count: AppendedFile.pendingLimit / 2)
    for kept in [1, 2, 2, 2] {
      #expect(throws: FileError.self) { try file.append(record) }
      #expect(file.pendingCount == kept * record.count)
    }
    #expect(throws: FileError.self) { try file.synchronize() }
  }

  @Test("of a run directory is not written through a link")
  func links() throws {
    let folder = try TemporaryFolder()
    let victim = try folder.write(Array("precious".utf8), to: "victim")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("soft"), withDestinationPath: victim)
    try FileManager.default.linkItem(atPath: victim, toPath: folder.path("hard"))
    for name in ["soft", "hard"] {
      let error = #expect(throws: FileError.self) {
        _ = try LineFile(path: folder.path(name), in: .ownDirectory)
      }
      #expect(error?.description.contains("link") == true)
      #expect(try folder.text("victim") == "precious")
    }
    // A link that the user names is meant.
    try LineFile(path: folder.path("soft")).append("line".utf8)
    #expect(try folder.text("victim") == "line\n")
  }

  @Test("has every line as soon as it is appended")
  func lines() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("old".utf8), to: "lines")
    let file = try LineFile(path: folder.path("lines"))
    #expect(try folder.text("lines") == "")
    try file.append("one".utf8)
    #expect(try folder.text("lines") == "one\n")
    try file.append("two".utf8)
    try file.finish()
    #expect(try folder.text("lines") == "one\ntwo\n")
  }
}
