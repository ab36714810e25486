import Testing

@testable import ImageData

@Suite("Published data sets")
struct KnownDatasetTests {
  func digests(_ known: KnownDataset) -> [String: String] {
    Dictionary(uniqueKeysWithValues: known.digests.map { ($0.key.plainName, $0.value) })
  }

  @Test(
    "are recognized by their files' digests, whatever their names",
    arguments: KnownDataset.standard.map(\.name))
  func published(name: String) throws {
    let known = try #require(KnownDataset.matching(name))
    #expect(KnownDataset.published(digests(known))?.name == known.name)
    var other = digests(known)
    other["t10k-labels-idx1-ubyte"] = "0"
    #expect(KnownDataset.published(other) == nil)
    #expect(KnownDataset.published([:]) == nil)
  }

  @Test("have a SHA-256 of each file, or an MD5 of each file or of the archive, and mirrors")
  func complete() {
    for known in KnownDataset.all {
      var published: [String?] = []
      switch known.distribution {
      case .files(let files):
        #expect(files.count == DatasetFile.allCases.count, "\(known.name)")
        published = files.values.map(\.md5)
      case .archive(let archive):
        #expect(archive.members.count == DatasetFile.allCases.count, "\(known.name)")
        #expect(Set(archive.members.values).count == archive.members.count, "\(known.name)")
        published = [archive.file.md5]
      }
      if known.digests.isEmpty {
        let isDigest = published.map { $0?.wholeMatch(of: #/[0-9a-f]{32}/#) != nil }
        #expect(!isDigest.contains(false), "\(known.name)")
        #expect(Set(published).count == published.count, "\(known.name)")
      } else {
        #expect(known.digests.count == DatasetFile.allCases.count, "\(known.name)")
        let isDigest = known.digests.values.map { $0.wholeMatch(of: #/[0-9a-f]{64}/#) != nil }
        #expect(!isDigest.contains(false), "\(known.name)")
      }
      #expect(!known.mirrors.isEmpty && !known.title.isEmpty, "\(known.name)")
      #expect(Set(known.classNames).count == known.classNames.count, "\(known.name)")
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
    #expect(KnownDataset.kmnist.classNames.count == 10)
    let counts = KnownDataset.emnist.map { ($0.name, $0.classCount) }
    #expect(
      Dictionary(uniqueKeysWithValues: counts) == [
        "emnist-balanced": 47, "emnist-byclass": 62, "emnist-bymerge": 47, "emnist-digits": 10,
        "emnist-letters": 26, "emnist-mnist": 10,
      ])
    // The characters of EMNIST's own lists.
    for (name, label, character) in [
      ("emnist-balanced", 9, "9"), ("emnist-balanced", 35, "Z"), ("emnist-balanced", 36, "a"),
      ("emnist-balanced", 38, "d"), ("emnist-balanced", 46, "t"), ("emnist-byclass", 61, "z"),
      ("emnist-letters", 0, "A"),
    ] {
      #expect(KnownDataset.matching(name)?.classNames[label] == character)
    }
  }

  @Test("are found by their names in upper or lower case")
  func matching() {
    #expect(KnownDataset.matching("MNIST")?.name == "mnist")
    #expect(KnownDataset.matching("Fashion-Mnist")?.name == "fashion-mnist")
    #expect(KnownDataset.matching("EMNIST-Letters")?.name == "emnist-letters")
    #expect(KnownDataset.matching("emnist") == nil)
  }
}
