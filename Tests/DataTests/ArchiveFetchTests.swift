import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("Fetching a data set from a zip file")
struct ArchiveFetchTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
    // A proxy that the environment names is not for the loopback address.
    setenv("no_proxy", "127.0.0.1", 1)
  }

  var location: DatasetLocation {
    DatasetLocation(name: "small", directory: "\(directory.path)/small")
  }

  @discardableResult
  func fetch(
    _ archive: SmallArchive = SmallArchive(), md5: String? = nil, keepsTransposed: Bool = false
  ) throws -> [FetchedFile] {
    let server = try LoopbackServer(["/data/small.zip": .init(body: archive.bytes)])
    return try DatasetFetcher.fetch(
      archive.known(at: [server.address + "/data"], md5: md5), mirror: nil,
      keepsTransposed: keepsTransposed, into: location.directory)
  }

  /// The error of a fetch, which leaves nothing.
  func failure(_ archive: SmallArchive, md5: String? = nil) throws -> String {
    let error = dataError { try fetch(archive, md5: md5) }
    #expect(error?.kind == .transferFailed)
    #expect(try directory.names() == [])
    return error?.description ?? ""
  }

  let allNames = (DatasetFile.allCases.map(\.packedName) + [FetchRecord.fileName]).sorted()

  @Test("has upright images, labels from 0, and nothing but the four files and a record")
  func usualForm() throws {
    let files = try fetch()
    #expect(files.map(\.file) == DatasetFile.allCases)
    #expect(files.allSatisfy { $0.isExtracted })
    #expect(try directory.names() == ["small"])
    #expect(try directory.names(in: "small") == allNames)
    let dataset = try Dataset.load(from: location)
    #expect(dataset.training.imageSize == ImageSize(rows: 4, columns: 5))
    #expect(Array(dataset.training.pixels) == SmallArchive.trainingPixels)
    #expect(Array(dataset.test.pixels) == SmallArchive.testPixels)
    #expect(Array(dataset.training.labels) == [2, 0, 1])
    #expect(Array(dataset.test.labels) == [1, 2])
    let digests = dataset.fileDigests()
    #expect(files.allSatisfy { $0.digest == digests[$0.file.plainName] })
    let record = try #require(try FetchRecord.read(in: location))
    #expect(record == FetchRecord(dataset: "small", isTransposed: false, sha256: digests))
  }

  @Test("leaves the images as they are published if that is asked for, and changes them back")
  func transposed() throws {
    try fetch(keepsTransposed: true)
    var dataset = try Dataset.load(from: location)
    #expect(dataset.training.imageSize == ImageSize(rows: 5, columns: 4))
    #expect(dataset.training.pixels[1] == SmallArchive.trainingPixels[5])
    #expect(Array(dataset.training.labels) == [2, 0, 1])
    let files = try fetch()
    for file in files {
      guard case .replaced(_, let problem) = file.outcome else {
        Issue.record("\(file)")
        continue
      }
      #expect(problem?.description.contains("found the data set with transposed images") == true)
    }
    dataset = try Dataset.load(from: location)
    #expect(Array(dataset.training.pixels) == SmallArchive.trainingPixels)
  }

  @Test("waits for another fetch into the directory, and then looks at what that has left")
  func atOnce() throws {
    let server = try LoopbackServer(["/data/small.zip": .init(body: SmallArchive().bytes)])
    let known = SmallArchive().known(at: [server.address + "/data"])
    let place = location.directory
    let (waits, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let hasSecond = Mutex(false)
    let replaced = Mutex(0)
    let failure = Mutex<DataError?>(nil)
    _ = try DatasetFetcher.fetch(known, mirror: nil, into: place) { news in
      guard case .extracting = news else { return }
      let isFirst = hasSecond.withLock { started in
        defer { started = true }
        return !started
      }
      guard isFirst else { return }
      Thread.detachNewThread {
        let error = dataError {
          let files = try DatasetFetcher.fetch(
            known, mirror: nil, keepsTransposed: true, into: place
          ) { news in
            if case .waiting(directory: place) = news { waits.signal() }
          }
          for file in files {
            if case .replaced = file.outcome { replaced.withLock { $0 += 1 } }
          }
        }
        failure.withLock { $0 = error }
        ended.signal()
      }
      #expect(waits.wait(timeout: .now() + 60) == .success)
    }
    #expect(ended.wait(timeout: .now() + 60) == .success)
    #expect(failure.withLock { $0 } == nil)
    #expect(replaced.withLock { $0 } == 4)
    #expect(try DatasetVerifier.verify(location).allSatisfy { $0.evidence == .recorded })
    #expect(try FetchRecord.read(in: location)?.isTransposed == true)
    let size = try Dataset.load(from: location).training.imageSize
    #expect(size == ImageSize(rows: 5, columns: 4))
  }

  @Test("is refused before the download if a link is in the place of a file that it would write")
  func link() throws {
    for name in allNames {
      try FileManager.default.createDirectory(
        atPath: location.directory, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: location.path(name), withDestinationPath: "../nope")
      let error = dataError {
        _ = try DatasetFetcher.fetch(
          SmallArchive().known(at: ["file:///nowhere"]), mirror: nil, into: location.directory)
      }
      #expect(error?.kind == .unwritable)
      #expect(
        error?.description
          == "\(location.path(name)): found a symbolic link, expected a regular file")
      try FileManager.default.removeItem(atPath: location.path(name))
    }
  }

  @Test("says what to do about a record that is none")
  func damagedRecord() throws {
    try directory.write(Array("null\n".utf8), to: "small/\(FetchRecord.fileName)")
    let error = dataError { try fetch() }
    #expect(error?.kind == .invalid)
    #expect(error?.description.hasPrefix(location.path(FetchRecord.fileName)) == true)
    #expect(error?.description.hasSuffix("; remove it to fetch again") == true)
  }

  @Test("keeps files that are as they were fetched, without a download")
  func kept() throws {
    try fetch()
    let files = try DatasetFetcher.fetch(
      SmallArchive().known(at: ["file:///nowhere"]), mirror: nil, into: location.directory)
    for file in files {
      guard case .kept = file.outcome else {
        Issue.record("\(file)")
        continue
      }
      #expect(file.evidence == .recorded)
    }
  }

  @Test("replaces all files if one is damaged, missing or without a record")
  func replaced() throws {
    let labels = DatasetFile.testLabels.packedName
    for change in [
      { try directory.write(gzip(labelFile([0, 0])), to: "small/\(labels)") },
      { try FileManager.default.removeItem(atPath: location.path(labels)) },
      { try FileManager.default.removeItem(atPath: location.path(FetchRecord.fileName)) },
    ] as [() throws -> Any] {
      try fetch()
      _ = try change()
      let files = try fetch()
      #expect(files.allSatisfy { $0.isExtracted })
      #expect(try DatasetVerifier.verify(location).allSatisfy { $0.evidence == .recorded })
    }
  }

  @Test("has a problem only for the file that is damaged, of all that are replaced")
  func oneDamaged() throws {
    try fetch()
    try directory.write(gzip(labelFile([0, 0])), to: "small/\(DatasetFile.testLabels.packedName)")
    let hasProblem = try fetch().map { file in
      if case .replaced(_, let problem) = file.outcome { problem != nil } else { true }
    }
    #expect(hasProblem == [false, false, false, true])
  }

  @Test("stops at an unpacked file that would hide the fetched one, before the download")
  func hidden() throws {
    let path = try directory.write(labelFile([1, 1]), to: "small/t10k-labels-idx1-ubyte")
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        SmallArchive().known(at: ["file:///nowhere"]), mirror: nil, into: location.directory)
    }
    #expect(error?.description.hasPrefix(path) == true)
    #expect(error?.description.contains("remove that file") == true)
  }

  @Test("verification finds a file that was changed later")
  func changed() throws {
    try fetch()
    #expect(try DatasetVerifier.verify(location).allSatisfy { $0.evidence == .recorded })
    try directory.write(
      gzip(labelFile([2, 2])), to: "small/\(DatasetFile.testLabels.packedName)")
    let problem = try #require(try DatasetVerifier.verify(location)[3].problem?.description)
    #expect(problem.contains("found other data than was fetched: SHA-256"))
    try directory.write(Array("{}".utf8), to: "small/\(FetchRecord.fileName)")
    let error = dataError { _ = try DatasetVerifier.verify(location) }
    #expect(
      error?.description.contains("fetched.json: found 2 bytes that are not a record") == true)
  }

  @Test("reads zip files with the fields for more than 4 GiB")
  func large() throws {
    var archive = SmallArchive()
    archive.isLarge = true
    try fetch(archive)
    #expect(try Array(Dataset.load(from: location).test.labels) == [1, 2])
  }

  @Test("of another MD5 is refused with both, and nothing is left")
  func md5() throws {
    let expected = String(repeating: "0", count: 32)
    let message = try failure(SmallArchive(), md5: expected)
    #expect(message.contains("/data/small.zip: not the published file: found MD5 "))
    #expect(message.hasSuffix("expected \(expected)"))
  }

  @Test("with a wrong checksum is refused with the member's name, and nothing is left")
  func checksum() throws {
    var archive = SmallArchive()
    archive.change = { $0[3].checksum ^= 1 }
    let message = try failure(archive)
    #expect(message.contains("small.zip: gzip/small-t10k-images-idx3-ubyte.gz: after "))
    #expect(message.contains("CRC error"))
  }

  @Test("without a member is refused with its name, and nothing is left")
  func missing() throws {
    var archive = SmallArchive()
    // The same file elsewhere is not the one.
    archive.change = { $0[4].name = "gzip/x/../small-t10k-labels-idx1-ubyte.gz" }
    let message = try failure(archive)
    #expect(
      message.contains(
        "gzip/small-t10k-labels-idx1-ubyte.gz: expected this file in the zip file, found 5 others"))
  }

  @Test("with a member that is not a packed IDX file is refused, and nothing is left")
  func members() throws {
    var archive = SmallArchive()
    archive.change = { $0[4] = ZipFile.Member($0[4].name, Array("t10k-labels".utf8)) }
    #expect(try failure(archive).contains("labels-idx1-ubyte.gz: byte 0: expected gzip"))
    archive = SmallArchive()
    archive.contents[.testLabels] = labelFile([1, 0])
    #expect(
      try failure(archive).contains(
        "byte 9 of the unpacked data: found label 0 of sample 1, expected at least 1"))
    archive = SmallArchive()
    archive.contents[.testImages] = idx(dimensions: [3, 5, 4], data: [1, 2, 3])
    #expect(try failure(archive).contains("t10k-images-idx3-ubyte.gz: the IDX header declares 3"))
  }

  @Test("that is truncated or no zip file is refused, and nothing is left")
  func noZip() throws {
    let bytes = SmallArchive().bytes
    for part in [Array(bytes.dropLast(30)), Array("<html>".utf8), []] {
      let server = try LoopbackServer(["/small.zip": .init(body: part)])
      let known = SmallArchive().known(at: [server.address])
      let archive = try #require(known.distribution.archive)
      // The MD5 would find all of this first.
      let trusted = KnownDataset(
        name: "small", title: "Small", classNames: SmallArchive.classNames,
        distribution: .archive(
          PublishedArchive(
            file: PublishedFile("small.zip"), members: archive.members, isTransposed: true,
            firstLabel: 1)),
        mirrors: known.mirrors)
      let error = dataError {
        _ = try DatasetFetcher.fetch(trusted, mirror: nil, into: location.directory)
      }
      #expect(error?.kind == .transferFailed)
      #expect(error?.description.contains("/small.zip: expected a zip file: Not a zip") == true)
      #expect(try directory.names() == [])
    }
  }

  @Test("of a data set that is not transposed cannot be asked to keep that")
  func meaningless() {
    let error = dataError {
      _ = try DatasetFetcher.fetch(
        name: "kmnist", keepsTransposed: true, into: location.directory)
    }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("kmnist: its images are published upright") == true)
  }
}
