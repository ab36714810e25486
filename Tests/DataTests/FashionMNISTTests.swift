import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

private let directory = "/usr/share/datasets/fashion-mnist"

@Suite(
  "Fashion-MNIST as Debian installs it",
  .enabled(if: FileManager.default.fileExists(atPath: directory)))
struct FashionMNISTTests {
  let location = DatasetLocation(name: "fashion-mnist", directory: directory)

  @Test("has 60,000 and 10,000 images of 28 x 28 in 10 equal classes")
  func loads() throws {
    let info = DatasetInfo(try Dataset.load(from: location))
    #expect(info.trainingHistogram == Array(repeating: 6000, count: 10))
    #expect(info.testHistogram == Array(repeating: 1000, count: 10))
    #expect(info.imageSize == ImageSize(rows: 28, columns: 28))
  }

  @Test("is the published one, byte for byte")
  func verifies() throws {
    let results = try DatasetVerifier.verify(location)
    #expect(results.compactMap(\.problem) == [])
    #expect(results.map(\.unpackedSize) == [47_040_016, 60_008, 7_840_016, 10_008])
  }

  @Test("can be fetched from its installed place")
  func fetches() throws {
    let target = try TemporaryFolder()
    let files = try DatasetFetcher.fetch(
      name: "fashion-mnist", mirror: "file://\(directory)", into: target.path)
    #expect(files.count == 4)
    #expect(try target.names(in: "") == DatasetFile.allCases.map(\.packedName).sorted())
  }
}
