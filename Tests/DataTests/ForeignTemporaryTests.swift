import Foundation
import Glibc
import TestSupport
import Testing

@testable import Fetching
@testable import Files
@testable import ImageData

@Suite("A fetch into a directory in which another program exchanges temporary files")
struct ForeignTemporaryTests {
  private let setup: FetchSetup

  init() throws {
    setup = try FetchSetup()
  }

  /// Puts a link to another file in the place of a temporary one.
  private static func plantLink(at temporary: String, to victim: String) {
    #expect(unlink(temporary) == 0 && symlink(victim, temporary) == 0)
  }

  /// Changes a file into one whose temporary name leads to another file.
  private func convert(_ body: (AtomicFile) throws(DataError) -> Void) throws {
    let folder = setup.directory
    let victim = try folder.write([7], to: "victim")
    let target = try AtomicFile(path: folder.path("target"), in: .ownDirectory)
    Self.plantLink(at: target.temporary, to: victim)
    try body(target)
    #expect(try folder.bytes("victim") == [7])
    // What was written is in the file that is open.
    let written = try InputFile(path: target.descriptorPath).contents(limit: 100)
    #expect(written.starts(with: [0x1f, 0x8b]))
    let error = #expect(throws: FileError.self) { try target.commit() }
    #expect(error?.description.contains("found something else in the place of") == true)
    target.discard()
    #expect(!folder.exists("target"))
  }

  @Test("writes through no link when it changes files, and gives none a final name")
  func usualForm() throws {
    let labels = try setup.directory.write(gzip(labelFile([1, 2])), to: "labels.gz")
    try convert { target throws(DataError) in
      try UsualForm.lowerLabels(from: labels, name: "labels.gz", first: 1, to: target)
    }
    let images = try setup.directory.write(gzip(imageFile(count: 2)), to: "images.gz")
    try convert { target throws(DataError) in
      try UsualForm.transposeImages(from: images, name: "images.gz", to: target)
    }
  }

  @Test("checks what it has received, and does not take what is there instead")
  func received() throws {
    let folder = setup.directory
    let victim = try folder.write([7], to: "victim")
    let place = folder.path("a/b/shapes")
    let error = dataError {
      _ = try setup.fetch(from: [setup.fileMirror]) { progress in
        guard case .received = progress else { return }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        for name in names where name.hasSuffix(".tmp") {
          Self.plantLink(at: "\(place)/\(name)", to: victim)
        }
      }
    }
    #expect(error?.kind == .unwritable)
    #expect(
      error?.description.contains(
        "\(DatasetFile.trainingImages.packedName): found something else in the place of") == true,
      "\(error as Any)")
    #expect(try folder.bytes("victim") == [7])
    #expect(!folder.exists("a"))
  }

  @Test("names the file in the directory if it cannot be written")
  func unwritable() throws {
    let folder = setup.directory
    let labels = try folder.write(gzip(labelFile([1, 2])), to: "labels.gz")
    let model = ModeledFileSystem()
    // A file without a descriptor of this process.
    let target = try FileSystems.$current.withValue(model) {
      try model.makeFolders("/folder")
      return try AtomicFile(path: "/folder/target.gz")
    }
    let error = dataError {
      try UsualForm.lowerLabels(from: labels, name: "a.zip: labels.gz", first: 1, to: target)
    }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.hasPrefix("/folder/target.gz: cannot be written: ") == true)
  }
}
