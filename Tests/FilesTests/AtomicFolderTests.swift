import Foundation
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
      #expect(AtomicFolder.isFree(path: parent.path(name)) == isFree, "\(name)")
      let folder = try AtomicFolder(path: parent.path(name))
      if isFree {
        try folder.commit()
      } else {
        #expect(throws: FileError.self) { try folder.commit() }
      }
    }
    #expect(try parent.bytes("full/file") == [1] && parent.bytes("plain") == [1])
  }

  @Test("replaces the empty folder that a link leads to, not the link")
  func link() throws {
    try parent.write([], to: "target/file")
    try FileManager.default.removeItem(atPath: parent.path("target/file"))
    try FileManager.default.createSymbolicLink(
      atPath: parent.path("link"), withDestinationPath: "target")
    #expect(AtomicFolder.isFree(path: parent.path("link")))
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
