import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("A system call")
struct SystemCallTests {
  @Test("is repeated while a signal interrupts it")
  func interrupted() {
    var calls = 0
    let result = SystemCall.retrying { () -> Int32 in
      calls += 1
      errno = EINTR
      return calls < 4 ? -1 : 7
    }
    #expect(result == 7 && calls == 4)
    let failed = SystemCall.retrying { () -> Int in
      calls += 1
      errno = EIO
      return -1
    }
    #expect(failed == -1 && calls == 5)
  }

  @Test("writes all bytes, a few at a time, interrupted or not")
  func writing() {
    var written: [UInt8] = []
    var calls = 0
    let code = Array(0..<100).withUnsafeBytes { bytes in
      SystemCall.writeAll(bytes) { rest in
        calls += 1
        if calls.isMultiple(of: 3) {
          errno = EINTR
          return -1
        }
        written += rest.prefix(7)
        return min(7, rest.count)
      }
    }
    #expect(code == nil)
    #expect(written == Array(0..<100).withUnsafeBytes { Array($0) })
  }

  @Test("that fails or writes nothing ends writing with an error")
  func unwritten() {
    for (result, code, expected) in [(-1, ENOSPC, ENOSPC), (0, 0, EIO)] {
      var calls = 0
      let found = [UInt8](repeating: 1, count: 10).withUnsafeBytes { bytes in
        SystemCall.writeAll(bytes) { _ in
          calls += 1
          errno = code
          return calls == 1 ? 4 : result
        }
      }
      #expect(found == expected && calls == 2)
    }
  }

  @Test("creates a folder and its parents, or fails with the system's message")
  func folders() throws {
    let folder = try TemporaryFolder()
    #expect(SystemCall.makeFolder(folder.path("a/b/c")) == nil)
    #expect(SystemCall.makeFolder(folder.path("a/b/c/")) == nil)
    #expect(try SystemCall.names(in: folder.path("a")) == ["b"])
    try folder.write([], to: "plain")
    #expect(SystemCall.makeFolder(folder.path("plain")) == ENOTDIR)
    #expect(SystemCall.makeFolder(folder.path("plain/x")) == ENOTDIR)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "nothing")
    #expect(SystemCall.makeFolder(folder.path("link")) == ENOENT)
    #expect(SystemCall.makeFolder("") == ENOENT)
    let error = #expect(throws: SystemCall.FolderError.self) {
      try SystemCall.names(in: folder.path("none"))
    }
    #expect(error?.description == "No such file or directory")
  }

  @Test("by Foundation fails with the system's message, not Foundation's")
  func words() throws {
    let folder = try TemporaryFolder()
    #expect(SystemCall.text(of: ENOSPC) == "No space left on device")
    let error = try #require(throws: (any Error).self) {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("none"))
    }
    #expect(SystemCall.text(of: error) == "No such file or directory")
    #expect(!SystemCall.text(of: CocoaError(.fileWriteFileExists)).contains("\u{2019}"))
  }
}
