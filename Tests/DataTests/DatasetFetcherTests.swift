import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Fetching
@testable import Files
@testable import ImageData

@Suite("Fetching a data set")
struct DatasetFetcherTests {
  private let setup: FetchSetup

  init() throws {
    setup = try FetchSetup()
  }

  /// The small data set as if it were published under other names, with the MD5 of the packed
  /// files.
  private func packed(at mirrors: [String], wrong: DatasetFile? = nil) -> KnownDataset {
    let files = setup.contents.map { file, bytes in
      var hash = Digest(.md5)
      hash.update(gzip(bytes))
      let digest = file == wrong ? String(repeating: "0", count: 32) : hash.hexadecimal()
      return (file, PublishedFile("shapes-\(file.packedName)", md5: digest))
    }
    return KnownDataset(
      name: "shapes", title: "Shapes", classNames: ["round", "square", "long"],
      distribution: .files(Dictionary(uniqueKeysWithValues: files)), mirrors: mirrors)
  }

  @Test("puts the four files, and nothing else, where the loader finds them")
  func fromFile() throws {
    let files = try setup.fetch(from: [setup.fileMirror])
    #expect(files.map(\.file) == DatasetFile.allCases)
    #expect(try setup.fetchedNames() == setup.allNames)
    let dataset = try Dataset.load(
      from: DatasetLocation(name: "shapes", directory: "\(setup.directory.path)/a/b/shapes"))
    #expect(Array(dataset.training.pixels) == samplePixels(60))
  }

  @Test("works over HTTP and reports its progress")
  func fromServer() throws {
    let server = try LoopbackServer(setup.answers("/data"))
    let received = Mutex([String: Int]())
    let files = try setup.fetch(from: [server.address + "/data"]) { progress in
      if case .received(let name, _, let bytes, let expected) = progress, bytes == expected {
        received.withLock { $0[name] = bytes }
      }
    }
    #expect(try setup.fetchedNames() == setup.allNames)
    let sizes = setup.contents.map { ($0.packedName, gzip($1).count) }
    #expect(received.withLock { $0 } == Dictionary(uniqueKeysWithValues: sizes))
    guard case .fetched(let source) = files[0].outcome else {
      Issue.record("\(files[0])")
      return
    }
    #expect(source == "\(server.address)/data/train-images-idx3-ubyte.gz")
  }

  @Test("writes through no link in its directory")
  func link() throws {
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: setup.directory.path("a/b/shapes"), withIntermediateDirectories: true)
    try Data([1]).write(to: URL(filePath: setup.directory.path("target")))
    try manager.createSymbolicLink(
      atPath: setup.directory.path("a/b/shapes/\(DatasetFile.trainingLabels.packedName)"),
      withDestinationPath: "../../../target")
    let error = dataError { _ = try setup.fetch(from: [setup.fileMirror]) }
    #expect(error?.description.contains("a symbolic link") == true, "\(error as Any)")
    #expect(try setup.directory.bytes("target") == [1])
  }

  @Test("that leaves a record is refused before the download if a link is in its place")
  func linkedRecord() throws {
    try FileManager.default.createDirectory(
      atPath: setup.directory.path("a"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: setup.directory.path("a/fetched.json"), withDestinationPath: "../nope")
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        packed(at: ["file:///nowhere"]), mirror: nil, into: setup.directory.path("a"))
    }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.contains("a/fetched.json: found a symbolic link") == true)
  }

  @Test("keeps files that are the published ones")
  func keeps() throws {
    _ = try setup.fetch(from: [setup.fileMirror])
    let files = try setup.fetch(from: ["file:///nowhere"])
    for file in files {
      guard case .kept = file.outcome else {
        Issue.record("\(file)")
        continue
      }
    }
  }

  @Test("leaves a damaged record alone if the data set has none")
  func damagedRecord() throws {
    try setup.directory.write([1], to: "a/b/shapes/\(FetchRecord.fileName)")
    #expect(try setup.fetch(from: [setup.fileMirror]).count == 4)
    #expect(try setup.directory.bytes("a/b/shapes/\(FetchRecord.fileName)") == [1])
  }

  @Test("replaces a packed file that is not the published one, and reports why")
  func replaces() throws {
    _ = try setup.fetch(from: [setup.fileMirror])
    try setup.directory.write(
      gzip(labelFile([1, 1])), to: "a/b/shapes/\(DatasetFile.testLabels.packedName)")
    let files = try setup.fetch(from: [setup.fileMirror])
    guard case .replaced(_, let problem) = files[3].outcome else {
      Issue.record("\(files[3])")
      return
    }
    #expect(problem?.description.contains("found other data than was published") == true)
    #expect(
      DatasetVerifier.verify(.testLabels, path: files[3].path, expected: .anything).digest
        == setup.digests[.testLabels])
  }

  @Test("without a published SHA-256 is checked by MD5, and leaves a record of what was found")
  func md5() throws {
    let folder = "\(setup.directory.path)/a"
    let location = DatasetLocation(name: "shapes", directory: folder)
    let server = try LoopbackServer(setup.answers("/shapes-", separator: ""))
    let known = packed(at: [server.address])
    var files = try DatasetFetcher.fetch(known, mirror: nil, into: folder)
    #expect(files.allSatisfy { $0.evidence == .packed && $0.digest == setup.digests[$0.file] })
    #expect(try setup.directory.names(in: "a") == (setup.allNames + ["fetched.json"]).sorted())
    let record = try #require(try FetchRecord.read(in: location))
    #expect(record.dataset == "shapes")
    #expect(
      record.sha256
        == Dictionary(uniqueKeysWithValues: setup.digests.map { ($0.key.plainName, $0.value) }))
    // Without a mirror: files that are there, packed or not, are kept.
    try setup.directory.write(
      setup.contents[.testLabels, default: []], to: "a/\(DatasetFile.testLabels.plainName)")
    files = try DatasetFetcher.fetch(packed(at: ["file:///nowhere"]), mirror: nil, into: folder)
    #expect(files.map(\.evidence) == [.packed, .packed, .packed, .recorded])
    try FileManager.default.removeItem(atPath: location.path(FetchRecord.fileName))
    files = try DatasetFetcher.fetch(packed(at: ["file:///nowhere"]), mirror: nil, into: folder)
    #expect(files.map(\.evidence) == [.packed, .packed, .packed, nil])
    #expect(try FetchRecord.read(in: location)?.sha256.count == 3)
  }

  @Test("of another MD5 than the published one is refused with both")
  func otherMD5() throws {
    let server = try LoopbackServer(setup.answers("/shapes-", separator: ""))
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        packed(at: [server.address], wrong: .testLabels), mirror: nil,
        into: "\(setup.directory.path)/a")
    }
    #expect(error?.kind == .transferFailed)
    #expect(error?.description.contains("found another file than was published: MD5 ") == true)
    #expect(error?.description.hasSuffix("expected 00000000000000000000000000000000") == true)
    #expect(
      try setup.directory.names(in: "a") == setup.allNames.filter { !$0.hasPrefix("t10k-labels") })
  }

  @Test("stops at an unpacked file that would hide the fetched one")
  func hidden() throws {
    let path = try setup.directory.write(
      labelFile([1, 1]), to: "a/b/shapes/t10k-labels-idx1-ubyte")
    let error = dataError { _ = try setup.fetch(from: [setup.fileMirror]) }
    #expect(error?.kind == .invalid)
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("remove that file") == true)
  }

  @Test("without success removes no directory that existed before, and none with other files")
  func directoriesStay() throws {
    try FileManager.default.createDirectory(
      atPath: "\(setup.directory.path)/a/b", withIntermediateDirectories: true)
    _ = dataError { _ = try setup.fetch(from: ["file:///nowhere"]) }
    #expect(try setup.directory.names(in: "a") == ["b"])
    #expect(try setup.directory.names(in: "a/b") == [])
    let labels = DatasetFile.trainingImages.packedName
    try FileManager.default.createDirectory(
      atPath: "\(setup.directory.path)/half", withIntermediateDirectories: true)
    try setup.directory.write(
      gzip(try #require(setup.contents[.trainingImages])), to: "half/\(labels)")
    _ = dataError { _ = try setup.fetch(from: ["file://\(setup.directory.path)/half"]) }
    #expect(try setup.fetchedNames() == [labels])
  }

  @Test("removes the files of a killed fetch, and no file that is being written")
  func leftovers() throws {
    let folder = "a/b/shapes"
    let name = DatasetFile.testImages.packedName
    try setup.directory.write([1, 2], to: "\(folder)/.trainer-12-3w5e11264sgsf.tmp")
    try setup.directory.write([1, 2], to: "\(folder)/.trainer-mine")
    let other = try AtomicFile(path: "\(setup.directory.path)/\(folder)/\(name)")
    _ = try setup.fetch(from: [setup.fileMirror])
    let left = try setup.fetchedNames().filter { $0.hasPrefix(".") }
    #expect(left == [(other.temporary as NSString).lastPathComponent, ".trainer-mine"].sorted())
    other.discard()
  }

  @Test("into a place that cannot be a directory is an error that names it")
  func badDirectory() throws {
    try setup.directory.write([1], to: "a")
    let error = dataError { _ = try setup.fetch(from: [setup.fileMirror]) }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.contains("\(setup.directory.path)/a/b/shapes") == true)
  }

  @Test("into a directory that is removed meanwhile does not blame the server")
  func removedDirectory() throws {
    let path = "\(setup.directory.path)/a"
    let error = dataError {
      _ = try setup.fetch(from: [setup.fileMirror, setup.fileMirror]) { progress in
        if case .received = progress, FileManager.default.fileExists(atPath: path) {
          do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
        }
      }
    }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.hasPrefix("\(path)/b/shapes/train-images") == true)
    #expect(!setup.directory.exists("a"))
  }
}
