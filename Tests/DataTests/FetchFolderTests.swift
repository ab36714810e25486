import Files
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

  func fetchFolder() throws -> FetchFolder {
    try FetchFolder(DatasetLocation(name: "shapes", directory: directory.path("a/b")))
  }

  @Test("is made again if another fetch, which failed, has removed it while it was empty")
  func removed() throws {
    let failed = try fetchFolder()
    let good = try fetchFolder()
    failed.removeIfEmpty()
    #expect(!directory.exists("a"))
    let file = try good.newFile("file")
    // With a file in it, nobody removes it.
    failed.removeIfEmpty()
    try file.commit()
    #expect(try directory.names(in: "a/b") == ["file"])
  }

  @Test("is removed with all directories that were made for it, also those made again")
  func removedAgain() throws {
    let failed = try fetchFolder()
    let other = try fetchFolder()
    failed.removeIfEmpty()
    try other.newFile("file").discard()
    other.removeIfEmpty()
    #expect(try directory.names() == [])
  }
}
