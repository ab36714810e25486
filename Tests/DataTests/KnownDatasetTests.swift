import Testing

@testable import ImageData

@Suite("Published data sets")
struct KnownDatasetTests {
  func digests(_ known: KnownDataset) -> [String: String] {
    Dictionary(uniqueKeysWithValues: known.digests.map { ($0.key.plainName, $0.value) })
  }

  @Test(
    "are recognised by their files' digests, whatever their names",
    arguments: KnownDataset.all.map(\.name))
  func published(name: String) throws {
    let known = try #require(KnownDataset.named(name))
    #expect(KnownDataset.published(digests(known))?.name == known.name)
    var other = digests(known)
    other["t10k-labels-idx1-ubyte"] = "0"
    #expect(KnownDataset.published(other) == nil)
    #expect(KnownDataset.published([:]) == nil)
  }

  @Test("have the digest of each file, and mirrors to get them")
  func complete() {
    for known in KnownDataset.all {
      #expect(known.digests.count == DatasetFile.allCases.count, "\(known.name)")
      let isDigest = known.digests.values.map { $0.wholeMatch(of: #/[0-9a-f]{64}/#) != nil }
      #expect(!isDigest.contains(false), "\(known.name)")
      #expect(!known.mirrors.isEmpty && !known.title.isEmpty, "\(known.name)")
    }
    let names = KnownDataset.all.map(\.name)
    #expect(names.count == Set(names).count)
    #expect(names == names.map { $0.lowercased() })
  }

  @Test("have a name for each class")
  func names() {
    #expect(KnownDataset.mnist.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(KnownDataset.fashionMNIST.classNames.count == 10)
    #expect(KnownDataset.fashionMNIST.classNames.last == "Ankle boot")
  }

  @Test("are found by their names in upper or lower case")
  func matching() {
    #expect(KnownDataset.matching("MNIST")?.name == "mnist")
    #expect(KnownDataset.matching("Fashion-Mnist")?.name == "fashion-mnist")
    #expect(KnownDataset.matching("emnist") == nil)
  }
}
