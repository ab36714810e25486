import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("The record of another data set's fetch")
struct OtherRecordTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  func location(_ name: String) -> DatasetLocation {
    DatasetLocation(name: name, directory: directory.path("data"))
  }

  @Test("tells a fetch nothing: the files are replaced, and the record too")
  func fetched() throws {
    let archive = SmallArchive()
    try directory.write(archive.bytes, to: "mirror/small.zip")
    let known = archive.known(at: ["file://\(directory.path("mirror"))"])
    let other = KnownDataset(
      name: "other", title: "Other", classNames: SmallArchive.classNames,
      distribution: known.distribution, mirrors: known.mirrors)
    for dataset in [known, other] {
      let files = try DatasetFetcher.fetch(
        dataset, mirror: nil, into: location(dataset.name).directory)
      #expect(files.allSatisfy { $0.isExtracted })
      #expect(try FetchRecord.read(in: location(dataset.name))?.dataset == dataset.name)
    }
  }

  /// Makes a data set with a record that its files agree with.
  func writeRecord(of dataset: String) throws {
    _ = try directory.writeDataset(in: "data")
    var digests: [String: String] = [:]
    for found in try DatasetVerifier.verify(location("data")) {
      digests[found.file.plainName] = found.digest
    }
    let record = FetchRecord(dataset: dataset, isTransposed: false, sha256: digests)
    try directory.write(record.encoded(), to: "data/\(FetchRecord.fileName)")
  }

  @Test("does not overrule a published MD5, and is no evidence where none is published")
  func verified() throws {
    try writeRecord(of: "emnist-letters")
    for found in try DatasetVerifier.verify(location("kmnist")) {
      #expect(found.problem?.description.contains("than was published: MD5") == true)
    }
    for found in try DatasetVerifier.verify(location("emnist-digits")) {
      #expect(found.problem == nil && found.evidence == nil)
    }
  }

  @Test("is one of the data set itself under any directory's name, and under its own")
  func own() throws {
    try writeRecord(of: "emnist-letters")
    for name in ["data", "emnist-letters", "EMNIST-Letters"] {
      #expect(
        try DatasetVerifier.verify(location(name)).allSatisfy { $0.evidence == .recorded })
    }
  }
}
