import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Atomic replacement of files")
struct AtomicFileTests {
  private struct Stop: Error {}

  @Test("a failed write leaves the old file unchanged, and no other file")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try AtomicFile.replace(path: path) { try $0.write([1, 2, 3]) }
    #expect(throws: Stop.self) {
      try AtomicFile.replace(path: path) { output in
        try output.write([4])
        #expect(try folder.names().count == 2)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
        throw Stop()
      }
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
    #expect(try folder.names() == ["file"])
  }

  @Test("if a file cannot be written, the check reports the same error as the write")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    #expect(FileManager.default.createFile(atPath: folder.path("plain"), contents: nil))
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "nothing")
    let cases = [
      ("", "No such file or directory"), (folder.path("none/file"), "No such file or directory"),
      (folder.path("none/"), "No such file or directory"),
      (folder.path("plain/file"), "Not a directory"),
      (folder.path(String(repeating: "n", count: 256)), "File name too long"),
    ]
    let kinds = [
      (folder.path(""), "a directory"), (folder.path("pipe"), "a named pipe"),
      ("/dev/null", "a device"), (folder.path("link"), "a symbolic link that leads nowhere"),
    ]
    let problems =
      cases.map { ($0, "cannot be written: \($1)") }
      + kinds.map { ($0, "found \($1), expected a regular file") }
    for (path, problem) in problems {
      let checked = #expect(throws: FileError.self) {
        try AtomicFile.checkReplaceable(path: path)
      }
      let written = #expect(throws: FileError.self) {
        try AtomicFile.replace(path: path) { try $0.write([]) }
      }
      for error in [checked, written] {
        #expect(error?.operation == .write)
        #expect(error?.description == "\(path): \(problem)")
      }
    }
    #expect(try folder.names() == ["link", "pipe", "plain"])
  }

  @Test("a file that is replaced keeps its permissions", arguments: [0o600, 0o640, 0o444, 0o777])
  func permissions(mode: mode_t) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], to: "file")
    #expect(chmod(path, mode) == 0)
    var temporaryModes: [mode_t] = []
    try AtomicFile.replace(path: path) { output in
      try output.write([2])
      for name in try folder.names() where name != "file" {
        temporaryModes.append(try Self.mode(of: folder.path(name)))
      }
    }
    #expect(try folder.bytes("file") == [2])
    #expect(try Self.mode(of: path) == mode)
    #expect(temporaryModes == [mode])
  }

  private static func mode(of path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o777
  }

  @Test("files that killed processes left are removed, and files being written are not")
  func leftovers() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    // As a process leaves it that was killed; the number may be another process's by now.
    for name in [".trainer-1-a.tmp", ".trainer-\(getpid())-b.tmp"] {
      try folder.write([1], to: name)
    }
    let kept = [".trainer-1-a", "trainer-1-a.tmp", "other"]
    for name in kept { try folder.write([1], to: name) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(".trainer-link.tmp"), withDestinationPath: "other")
    try AtomicFile.replace(path: path) { outer in
      try outer.write([2])
      #expect(try folder.names().count == kept.count + 2)
      // Beside a file that is under way.
      try AtomicFile.replace(path: folder.path("second")) { try $0.write([3]) }
      try outer.write([4])
    }
    #expect(try folder.bytes("file") == [2, 4])
    #expect(try folder.names() == (kept + [".trainer-link.tmp", "file", "second"]).sorted())
  }

  @Test(
    "nothing gets the final name that has taken the place of the temporary one",
    arguments: [true, false])
  func foreignTemporary(isLink: Bool) throws {
    let folder = try TemporaryFolder()
    let victim = try folder.write([7], to: "victim")
    let file = try AtomicFile(path: folder.path("file"))
    #expect(rename(file.temporary, folder.path("moved")) == 0)
    if isLink {
      #expect(symlink(victim, file.temporary) == 0)
    } else {
      try Data([8]).write(to: URL(filePath: file.temporary))
    }
    try file.write([1, 2])
    let error = #expect(throws: FileError.self) { try file.commit() }
    #expect(
      error?.description
        == "\(file.path): found something else in the place of its temporary file, expected the "
        + "file that was written")
    let written = try InputFile(path: file.descriptorPath).contents(limit: 10)
    #expect(written == [1, 2])
    file.discard()
    #expect(try folder.bytes("victim") == [7])
    #expect(try folder.names() == ["moved", "victim"])
  }

  @Test("the check changes nothing")
  func checkIsHarmless() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.checkReplaceable(path: folder.path("new"))
    #expect(try folder.names().isEmpty)
    try Data([9]).write(to: URL(filePath: folder.path("old")))
    try AtomicFile.checkReplaceable(path: folder.path("old"))
    #expect(try folder.names() == ["old"])
    #expect(try Data(contentsOf: URL(filePath: folder.path("old"))) == Data([9]))
  }

  @Test("a symbolic link in a directory of the trainer is refused, and its target stays")
  func foreignLink() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(filePath: folder.path("target")))
    for target in ["target", "missing"] {
      let link = folder.path("link to \(target)")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      let error = #expect(throws: FileError.self) {
        try AtomicFile.replace(path: link, in: .ownDirectory) { try $0.write([2]) }
      }
      #expect(error?.description.hasPrefix("\(link): found a symbolic link,") == true)
    }
    #expect(try Data(contentsOf: URL(filePath: folder.path("target"))) == Data([1]))
    #expect(try folder.names().count == 3)
  }

  @Test("a symbolic link stays, and its target is replaced")
  func link() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(filePath: folder.path("target")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "target")
    try AtomicFile.replace(path: folder.path("link")) { try $0.write([2]) }
    #expect(try Data(contentsOf: URL(filePath: folder.path("target"))) == Data([2]))
    let destination = try FileManager.default.destinationOfSymbolicLink(
      atPath: folder.path("link"))
    #expect(destination == "target")
  }
}
