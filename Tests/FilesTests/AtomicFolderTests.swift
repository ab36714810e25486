import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("A folder that appears complete")
struct AtomicFolderTests {
  private let parent: TemporaryFolder

  init() throws {
    parent = try TemporaryFolder()
  }

  private func write(_ text: String, to name: String, in folder: AtomicFolder) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(folder.temporary)/\(name)"))
  }

  @Test("has its name only after it was committed, with its files")
  func commit() throws {
    let folder = try AtomicFolder(path: parent.path("a/b"))
    try write("content", to: "file", in: folder)
    #expect(!parent.exists("a/b"))
    try folder.commit()
    #expect(try parent.text("a/b/file") == "content")
    #expect(try parent.names(in: "a") == ["b"])
    folder.discard()
    #expect(parent.exists("a/b/file"))
  }

  @Test("leaves nothing if it is discarded, not even the folders that it was made in")
  func discard() throws {
    let folder = try AtomicFolder(path: parent.path("a/b/c"))
    try write("content", to: "file", in: folder)
    folder.discard()
    #expect(try parent.names() == [])
  }

  @Test("replaces an empty folder, and nothing else")
  func occupied() throws {
    try FileManager.default.createDirectory(
      atPath: parent.path("empty"), withIntermediateDirectories: true)
    try parent.write([1], to: "full/file")
    try parent.write([1], to: "plain")
    for (name, isFree) in [("empty", true), ("full", false), ("plain", false), ("none", true)] {
      #expect(try AtomicFolder.isFree(path: parent.path(name)) == isFree, "\(name)")
      let folder = try AtomicFolder(path: parent.path(name))
      if isFree {
        try folder.commit()
      } else {
        #expect(throws: FileError.self) { try folder.commit() }
      }
    }
    #expect(try parent.bytes("full/file") == [1] && parent.bytes("plain") == [1])
  }

  @Test(
    "has the permissions of the empty folder that it replaces", arguments: [0o700, 0o555, 0o1777])
  func permissions(mode: mode_t) throws {
    #expect(mkdir(parent.path("empty"), 0o700) == 0 && chmod(parent.path("empty"), mode) == 0)
    let folder = try AtomicFolder(path: parent.path("empty"))
    try write("content", to: "file", in: folder)
    var status = stat()
    #expect(stat(folder.temporary, &status) == 0 && status.st_mode & 0o077 == 0)
    try folder.commit()
    #expect(stat(parent.path("empty"), &status) == 0 && status.st_mode & 0o7777 == mode)
    #expect(chmod(parent.path("empty"), 0o700) == 0)
    #expect(try parent.text("empty/file") == "content")
  }

  @Test("cannot replace the working directory or a mount point, which the check says")
  func irreplaceable() {
    for (path, found) in [
      (".", "the working directory"),
      (FileManager.default.currentDirectoryPath, "the working directory"),
      ("/proc", "a mount point"), ("/", "a mount point"),
    ] {
      let error = #expect(throws: FileError.self) { try AtomicFolder.check(path: path) }
      #expect(
        error?.description
          == "\(path): found \(found), expected a new directory, or an empty one that can be replaced"
      )
    }
  }

  @Test("has no name that the system refuses, which is an error with its reason")
  func refusedNames() throws {
    let path = parent.path(String(repeating: "a", count: 300))
    let error = #expect(throws: FileError.self) { _ = try AtomicFolder.isFree(path: path) }
    #expect(error?.reason == .system(ENAMETOOLONG))
  }

  @Test("is removed with its own files only, if its name leads elsewhere meanwhile")
  func exchanged() throws {
    try parent.write([1], to: "victim/file")
    let folder = try AtomicFolder(path: parent.path("new"))
    try write("content", to: "file", in: folder)
    #expect(rename(folder.temporary, parent.path("moved")) == 0)
    #expect(symlink(parent.path("victim"), folder.temporary) == 0)
    folder.discard()
    #expect(try parent.names(in: "victim") == ["file"])
    #expect(try parent.names(in: "moved").isEmpty)
  }

  @Test("replaces the empty folder that a link leads to, not the link")
  func link() throws {
    try parent.write([], to: "target/file")
    try FileManager.default.removeItem(atPath: parent.path("target/file"))
    try FileManager.default.createSymbolicLink(
      atPath: parent.path("link"), withDestinationPath: "target")
    #expect(try AtomicFolder.isFree(path: parent.path("link")))
    let folder = try AtomicFolder(path: parent.path("link"))
    try write("content", to: "file", in: folder)
    try folder.commit()
    #expect(try parent.text("target/file") == "content")
  }

  @Test("removes what a killed process left, and not what another one is writing")
  func leftovers() throws {
    try parent.write([1, 2], to: ".trainer-1-left.tmp/file")
    let first = try AtomicFolder(path: parent.path("first"))
    #expect(!parent.exists(".trainer-1-left.tmp"))
    let second = try AtomicFolder(path: parent.path("second"))
    try first.commit()
    try second.commit()
    #expect(try parent.names() == ["first", "second"])
  }

  @Test("cannot be made below a file, and the check says the same without making anything")
  func unwritable() throws {
    try parent.write([1], to: "plain")
    let path = parent.path("plain/a/b")
    let expected = #expect(throws: FileError.self) { try AtomicFolder.check(path: path) }
    let found = #expect(throws: FileError.self) { _ = try AtomicFolder(path: path) }
    #expect(expected == found)
    try AtomicFolder.check(path: parent.path("x/y/z"))
    #expect(try parent.names() == ["plain"])
  }
}
