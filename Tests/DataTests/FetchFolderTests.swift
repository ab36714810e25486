import Files
import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("The directory of a fetch")
struct FetchFolderTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  func fetchFolder(patience: Double = 60, waiting: () -> Void = {}) throws -> FetchFolder {
    try FetchFolder(
      DatasetLocation(name: "shapes", directory: directory.path("a/b")), patience: patience,
      waiting: waiting)
  }

  @Test("is of one fetch at a time; another one ends when its patience does")
  func patience() throws {
    let first = try fetchFolder()
    defer { withExtendedLifetime(first) {} }
    var waits = 0
    let error = dataError { _ = try fetchFolder(patience: 0.1) { waits += 1 } }
    #expect(waits == 1)
    #expect(error?.kind == .unwritable)
    #expect(
      error?.description
        == "\(directory.path("a/b")): found a lock of another process, such as another fetch, "
        + "expected its end in time")
  }

  @Test("is made again after a wait if the other fetch, which failed, has removed it")
  func removed() throws {
    var failing: FetchFolder? = try fetchFolder()
    let folder = try fetchFolder {
      failing?.removeIfEmpty()
      failing = nil
      #expect(!directory.exists("a"))
    }
    try folder.newFile("file").commit()
    #expect(try directory.names(in: "a/b") == ["file"])
  }

  @Test("is removed with all directories that were made for it")
  func removedAgain() throws {
    let folder = try fetchFolder()
    try folder.newFile("file").discard()
    folder.removeIfEmpty()
    #expect(try directory.names() == [])
  }

  @Test("is the same through a link")
  func link() throws {
    let first = try fetchFolder()
    defer { withExtendedLifetime(first) {} }
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: "a/b")
    let location = DatasetLocation(name: "shapes", directory: directory.path("link"))
    #expect(dataError { _ = try FetchFolder(location, patience: 0.1) }?.kind == .unwritable)
  }

  @Test("needs no lock where the file system has none")
  func withoutLocks() throws {
    let model = ModeledFileSystem { _, call in call.kind == .lock ? .error(ENOTSUP) : nil }
    try FileSystems.$current.withValue(model) {
      let location = DatasetLocation(name: "shapes", directory: "/a/b")
      let folders = try (0..<2).map { _ in try FetchFolder(location, patience: 0) }
      try folders[0].newFile("file").commit()
    }
    #expect(model.disk.tree.keys.contains("/a/b/file"))
  }
}
