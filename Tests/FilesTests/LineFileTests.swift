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

  @Test("of a run directory is no named pipe, which would wait for a reader")
  func pipe() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let error = #expect(throws: FileError.self) {
      _ = try LineFile(path: folder.path("pipe"), in: .ownDirectory)
    }
    #expect(error?.description.contains("found a named pipe, expected a regular file") == true)
  }

  @Test(
    "keeps its old content until it is cleared or has a line",
    arguments: [AtomicFile.Location.anywhere, .ownDirectory])
  func oldContent(location: AtomicFile.Location) throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("old".utf8), to: "lines")
    let file = try LineFile(path: folder.path("lines"), in: location)
    try file.finish()
    #expect(try folder.text("lines") == "old")
    try file.clear()
    #expect(try folder.text("lines") == "")
    try file.append("one".utf8)
    try file.clear()
    #expect(try folder.text("lines") == "one\n")
  }

  @Test("that was removed or replaced is an error at the end")
  func removed() throws {
    let folder = try TemporaryFolder()
    let file = try LineFile(path: folder.path("lines"))
    try file.append("one".utf8)
    try file.finish()
    try FileManager.default.removeItem(atPath: folder.path("lines"))
    let missing = #expect(throws: FileError.self) { try file.finish() }
    #expect(missing == FileError(folder.path("lines"), .write, code: ENOENT))
    try folder.write([], to: "lines")
    let replaced = #expect(throws: FileError.self) { try file.finish() }
    #expect(replaced?.description.contains("found another file in its place") == true)
  }

  @Test(
    "that another process shortened is an error at the end", arguments: ["", "on"])
  func changed(text: String) throws {
    let folder = try TemporaryFolder()
    let file = try LineFile(path: folder.path("lines"))
    try file.append("one".utf8)
    try file.finish()
    let other = try #require(FileHandle(forWritingAtPath: folder.path("lines")))
    try other.truncate(atOffset: 0)
    try other.write(contentsOf: Array(text.utf8))
    let error = #expect(throws: FileError.self) { try file.finish() }
    #expect(
      error?.description.contains(
        "found \(text.utf8.count) bytes, expected at least the 4 bytes that were written") == true)
    // As the lines of a run on its standard output, which is the same file.
    try other.write(contentsOf: Array("one, two".utf8))
    try file.finish()
  }

  @Test("is written by one run at a time; a pipe may be written by several")
  func twoRuns() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("lines")
    var first: LineFile? = try LineFile(path: path)
    let error = #expect(throws: FileError.self) { _ = try LineFile(path: path) }
    #expect(error?.description.contains("found a lock of another process") == true)
    withExtendedLifetime(first) {}
    first = nil
    _ = try LineFile(path: path)
    let pipe = folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let reader = try OpenFile(pipe, O_RDWR)
    let files = try (0..<2).map { _ in try LineFile(path: pipe) }
    withExtendedLifetime((files, reader)) {}
  }

  @Test("has every line as soon as it is appended, and nothing of its old content")
  func lines() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("old".utf8), to: "lines")
    let file = try LineFile(path: folder.path("lines"))
    try file.append("one".utf8)
    #expect(try folder.text("lines") == "one\n")
    try file.append("two".utf8)
    try file.finish()
    #expect(try folder.text("lines") == "one\ntwo\n")
  }
}
