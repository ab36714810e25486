import Files
import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("A download from mirrors")
struct MirrorDownloadTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  @Test(
    "from an address without a host, or without a whole path in UTF-8, is a usage error",
    arguments: [
      "http://", "https:///x", "http:/reader:secret@127.0.0.1/x", "file://other/x", "file:x",
      "file:///%ff", "file:///a%ffb/",
    ])
  func noHost(mirror: String) {
    let error = dataError {
      _ = try DatasetFetcher.fetch(name: "mnist", mirror: mirror, into: directory.path)
    }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("secret") == false)
    #expect(error?.description.hasPrefix("mirror '") == true)
  }

  @Test("names a directory in the place of a file without a slash at its end")
  func folder() throws {
    let name = DatasetFile.trainingImages.packedName
    try FileManager.default.createDirectory(
      atPath: directory.path("mirror/\(name)"), withIntermediateDirectories: true)
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        name: "mnist", mirror: "file://\(directory.path)/mirror", into: directory.path("mnist"))
    }
    #expect(
      error?.description.hasSuffix("/mirror/\(name): found a directory, expected a regular file")
        == true, "\(error as Any)")
  }

  @Test("asks no other mirror when the file cannot be written")
  func localFailure() throws {
    let name = DatasetFile.testLabels.packedName
    try directory.write([1, 2, 3], to: "mirror/\(name)")
    let mirror = "file://\(directory.path)/mirror"
    var failures = 0
    let download = try MirrorDownload(
      mirrors: [mirror, mirror], limits: DownloadLimits(),
      progress: { progress in
        if case .mirrorFailed = progress { failures += 1 }
      })
    let file = PublishedFile(name)
    let folder = try FetchFolder(
      DatasetLocation(name: "copies", directory: directory.path), patience: 0)
    let error = dataError {
      _ = try download.get(file, to: "copy", in: folder) { _, _ throws(DataError) in
        throw DataError(.unwritable, "copy: the disk is full")
      }
    }
    #expect(error == DataError(.unwritable, "copy: the disk is full"))
    #expect(failures == 0)
    #expect(!directory.exists("copy"))
  }
}
