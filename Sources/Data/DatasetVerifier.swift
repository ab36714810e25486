import Files

/// The result of checking one file of a data set.
package struct FileVerification: Sendable {
  /// The file, one of four.
  package let file: DatasetFile

  /// The path of the file.
  package let path: String

  /// The size of the file in bytes; nil if it could not be opened.
  package let size: Int?

  /// The size of the unpacked content in bytes; nil if it could not be read to the end.
  package let unpackedSize: Int?

  /// The SHA-256 of the unpacked content; nil if it could not be read to the end.
  package let digest: String?

  /// The published SHA-256; nil if none is published.
  package let expectedDigest: String?

  /// The problem; nil if there is none.
  package let problem: DataError?
}

/// Checks files on disk: their checksums, their format and their published digests.
package enum DatasetVerifier {
  /// Checks the four files of a data set.
  ///
  /// - Parameter location: The directory and the name; the name determines the expected digests.
  /// - Returns: The results, in the order of `DatasetFile.allCases`.
  /// - Throws: `DataError`: `notFound` if a file is missing, or `unreadable`.
  package static func verify(
    _ location: DatasetLocation
  ) throws(DataError) -> [FileVerification] {
    let paths = try location.files()
    let known = KnownDataset.named(location.name)
    return concurrentMap(count: DatasetFile.allCases.count) { index in
      let file = DatasetFile.allCases[index]
      return verify(file, path: paths[file, default: ""], expectedDigest: known?.digests[file])
    }
  }

  /// Checks one file.
  ///
  /// - Parameters:
  ///   - file: Which of the four files it must be.
  ///   - path: The path of the file.
  ///   - name: The name that messages use; nil for the path.
  ///   - expectedDigest: The expected SHA-256 of the unpacked content; nil checks only the format.
  /// - Returns: The result.
  package static func verify(
    _ file: DatasetFile, path: String, name: String? = nil, expectedDigest: String?
  ) -> FileVerification {
    var size: Int?
    var unpackedSize: Int?
    var digest: String?
    var problem: DataError?
    do throws(DataError) {
      size = try DataError.wrapping { () throws(FileError) in
        try InputFile(path: path, name: name).size
      }
      let content = try Content(path: path, name: name)
      unpackedSize = content.size
      digest = content.digest
      try content.requireIDX(file.content, path: name ?? path)
      if let expectedDigest, content.digest != expectedDigest {
        throw .invalid(
          name ?? path,
          "found other data than was published: SHA-256 \(content.digest), "
            + "expected \(expectedDigest)")
      }
    } catch {
      problem = error
    }
    return FileVerification(
      file: file, path: path, size: size, unpackedSize: unpackedSize, digest: digest,
      expectedDigest: expectedDigest, problem: problem)
  }
}

/// The size and digest of an unpacked file, computed in one pass without keeping the content.
private struct Content {
  let size: Int
  /// The first bytes, as many as the longest header has.
  let head: [UInt8]
  let digest: String

  private static let headSize = IDXContent.headerSize(
    dimensionCount: IDXContent.images.dimensionCounts.upperBound)

  init(path: String, name: String?) throws(DataError) {
    var hash = SHA256()
    var size = 0
    var head: [UInt8] = []
    try GzipFile.read(path: path, name: name) { chunk throws(DataError) in
      hash.update(chunk)
      head += chunk.prefix(Self.headSize - head.count)
      size += chunk.count
    }
    self.size = size
    self.head = head
    digest = hash.hexadecimal()
  }

  func requireIDX(_ content: IDXContent, path: String) throws(DataError) {
    let header = try IDXHeader(head, content: content, path: path)
    let found = size - header.size
    guard found == header.dataSize else {
      throw header.mismatch(path: path, content: content, found: "\(found)")
    }
  }
}
