import Files
import Synchronization

/// Digests that are computed once and shared by all copies of a data set.
final class DigestMemory: Sendable {
  private let digests = Mutex<[String: String]?>(nil)

  func value(_ compute: () -> [String: String]) -> [String: String] {
    digests.withLock { digests in
      if let digests { return digests }
      let computed = compute()
      digests = computed
      return computed
    }
  }
}

extension Dataset {
  /// The SHA-256 of each unpacked file, as publishers list it; computed at the first call.
  ///
  /// - Returns: 64 lower-case hexadecimal digits for the plain name of each of the four files.
  package func fileDigests() -> [String: String] {
    knownDigests.value(computedDigests)
  }

  private func computedDigests() -> [String: String] {
    let files = DatasetFile.allCases
    let digests = concurrentMap(count: files.count) { digest(of: files[$0]) }
    return Dictionary(uniqueKeysWithValues: zip(files.map(\.plainName), digests))
  }

  /// The SHA-256 of one unpacked file.
  func digest(of file: DatasetFile) -> String {
    let images = file == .trainingImages || file == .trainingLabels ? training : test
    if !file.hasImages, let digest = images.labelDigest { return digest }
    let content = file.hasImages ? images.pixels : images.labels
    return withExtendedLifetime(content) {
      var hash = Digest(.sha256)
      hash.update(
        Self.header(file.hasImages ? images.dimensions : [images.count]))
      hash.update(UnsafeRawBufferPointer(start: content.baseAddress, count: content.count))
      return hash.hexadecimal()
    }
  }

  /// The header of an IDX file: type and dimensions, big-endian.
  static func header(_ dimensions: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(dimensions.count)]
      + dimensions.flatMap { dimension in
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: dimension >> $0) }
      }
  }
}
