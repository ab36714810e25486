import TestSupport
import Testing

@testable import ImageData

@Suite("Verifying a data set")
struct DatasetVerifierTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  func verify(_ name: String) throws -> [FileVerification] {
    try DatasetVerifier.verify(
      DatasetLocation(name: name, directory: "\(directory.path)/\(name)"))
  }

  @Test("that is not published checks its format and gives its sizes and digests")
  func unpublished() throws {
    _ = try directory.writeDataset(in: "shapes")
    let results = try verify("shapes")
    #expect(results.map(\.file) == DatasetFile.allCases)
    #expect(results.allSatisfy { $0.problem == nil && $0.evidence == nil })
    #expect(results.map(\.unpackedSize) == [76, 11, 56, 10])
    #expect(results[1].size == gzip(labelFile([2, 0, 1])).count)
    // sha256sum of 00 00 08 01 00 00 00 03 02 00 01.
    #expect(
      results[1].digest == "6457582111c8e271041ce60d69e4b9fb2a5058bd79965242cb5d5fe5840d5707")
  }

  @Test(
    "under a published name reports other data than was published", arguments: ["mnist", "MNIST"])
  func otherData(name: String) throws {
    _ = try directory.writeDataset(in: name)
    for result in try verify(name) {
      #expect(result.problem != nil)
      #expect(result.evidence == nil)
      let expected = try #require(KnownDataset.mnist.digests[result.file])
      #expect(result.problem?.description.contains(result.digest ?? "none") == true)
      #expect(result.problem?.description.contains(expected) == true)
    }
  }

  @Test("reports each damaged file, and the others as they are")
  func damage() throws {
    let contents = try directory.writeDataset(in: "shapes")
    let packed = gzip(contents[.testImages, default: []])
    try directory.write(
      Array(packed.dropLast()), to: "shapes/\(DatasetFile.testImages.packedName)")
    try directory.write(
      gzip(idx(dimensions: [4], data: [1])), to: "shapes/\(DatasetFile.testLabels.packedName)")
    let results = try verify("shapes")
    #expect(results.map { $0.problem == nil } == [true, true, false, false])
    #expect(results[2].problem?.description.contains("truncated") == true)
    #expect(results[2].digest == nil)
    #expect(results[2].size == packed.count - 1)
    #expect(results[3].problem?.description.contains("declares 4 labels") == true)
    #expect(results[3].unpackedSize == 9)
  }

  @Test("with a file missing is an error that names it")
  func missing() throws {
    try directory.write(gzip(labelFile([1])), to: "mnist/\(DatasetFile.testLabels.packedName)")
    let error = dataError { _ = try verify("mnist") }
    #expect(error?.kind == .notFound)
    #expect(error?.description.contains("found 1 of them") == true)
  }

  @Test("unpacks nothing if the header declares more than the file can have")
  func impossibleHeader() throws {
    let header: [UInt8] = [0, 0, 8, 3, 0x7f, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0]
    // Cut behind several MiB: that is found only by reading on.
    let packed = gzip(header + [UInt8](repeating: 0, count: 8 << 20))
    let path = try directory.write(packed.dropLast(20), to: "images.gz")
    let found = DatasetVerifier.verify(.testImages, path: path, expected: .anything)
    let text = found.problem?.description ?? ""
    #expect(text.contains("packed bytes, which unpack to at most "), "\(text)")
    let plain = try directory.write(header + [1, 2, 3], to: "images")
    let problem = DatasetVerifier.verify(.testImages, path: plain, expected: .anything).problem
    #expect(problem?.description.hasSuffix("bytes of pixels; found 3") == true)
  }

  @Test("reads no further than the header, or the size that it declares, shows a file to be wrong")
  func unpacksToMore() throws {
    let folder = try TemporaryFolder()
    let label: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1]
    for start in [label, [0, 0, 9, 1, 0, 0, 0, 1]] {
      // Cut behind several MiB: that is found only by reading on.
      let packed = gzip(start + [UInt8](repeating: 0, count: 8 << 20))
      let path = try folder.write(packed.dropLast(20), to: "labels.gz")
      let found = DatasetVerifier.verify(.testLabels, path: path, expected: .anything)
      let text = found.problem?.description ?? ""
      #expect(text.contains(start == label ? "found 2 or more" : "byte 2"), "\(text)")
    }
  }
}
