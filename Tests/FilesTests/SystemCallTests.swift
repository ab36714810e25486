import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("A system call")
struct SystemCallTests {
  @Test("is repeated while a signal interrupts it")
  func interrupted() throws {
    var calls = 0
    let result = try retrying { () throws(SystemError) in
      calls += 1
      guard calls >= 4 else { throw SystemError(code: EINTR) }
      return 7
    }
    #expect(result == 7 && calls == 4)
    #expect(throws: SystemError(code: EIO)) {
      try retrying { () throws(SystemError) in
        calls += 1
        throw SystemError(code: EIO)
      }
    }
    #expect(calls == 5)
  }

  @Test("writes all bytes, a few at a time, interrupted or not")
  func writing() throws {
    var written: [UInt8] = []
    var calls = 0
    try Array(0..<100).withUnsafeBytes { bytes in
      try writeAll(bytes) { rest throws(SystemError) in
        calls += 1
        if calls.isMultiple(of: 3) { throw SystemError(code: EINTR) }
        written += rest.prefix(7)
        return min(7, rest.count)
      }
    }
    #expect(written == Array(0..<100).withUnsafeBytes { Array($0) })
  }

  @Test("that fails or writes nothing ends writing with an error", arguments: [ENOSPC, nil])
  func unwritten(code: Int32?) throws {
    var calls = 0
    #expect(throws: SystemError(code: code ?? EIO)) {
      try [UInt8](repeating: 1, count: 10).withUnsafeBytes { bytes in
        try writeAll(bytes) { _ throws(SystemError) in
          calls += 1
          if calls == 1 { return 4 }
          if let code { throw SystemError(code: code) }
          return 0
        }
      }
    }
    #expect(calls == 2)
  }

  @Test("creates a folder and its parents, or fails with the system's message")
  func folders() throws {
    let folder = try TemporaryFolder()
    let system = LinuxFileSystem()
    try system.makeFolders(folder.path("a/b/c"))
    try system.makeFolders(folder.path("a/b/c/"))
    #expect(try system.names(in: folder.path("a")) == ["b"])
    try folder.write([], to: "plain")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "nothing")
    for (path, code) in [
      (folder.path("plain"), ENOTDIR), (folder.path("plain/x"), ENOTDIR),
      (folder.path("link"), ENOENT), ("", ENOENT),
    ] {
      #expect(throws: SystemError(code: code)) { try system.makeFolders(path) }
    }
    let error = #expect(throws: SystemError.self) { try system.names(in: folder.path("none")) }
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
