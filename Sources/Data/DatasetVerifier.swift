import Files

/// What became of checking one file of a data set.
package struct FileVerification: Sendable {
  /// Which of the four files.
  package let file: DatasetFile

  /// Where it is.
  package let path: String

  /// Its size in bytes as it lies there, or nil where it could not be opened.
  package let size: Int?

  /// The size in bytes of what it unpacks to, or nil where it could not be read to its end.
  package let unpackedSize: Int?

  /// The SHA-256 of what it unpacks to, or nil where it could not be read to its end.
  package let digest: String?

  /// The published SHA-256, or nil where there is no published one.
  package let expectedDigest: String?

  /// What is wrong, or nil where nothing is.
  package let problem: DataError?

  /// Whether the file is whole, well-formed and, where a digest is published, the published one.
  package var isValid: Bool { problem == nil }
}

/// Checks files on disk against their checksums, their form and the published digests.
package enum DatasetVerifier {
  /// Checks the four files of a data set.
  ///
  /// - Parameter location: The directory and the name; the name decides which digests are expected.
  /// - Returns: What was found, in the order of `DatasetFile.allCases`.
  /// - Throws: `DataError`: `notFound` where a file is missing, `unreadable`.
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
  ///   - file: Which of the four it must be.
  ///   - path: Where it is.
  ///   - name: What messages call it; nil for the path.
  ///   - expectedDigest: The SHA-256 of what it must unpack to; nil checks its form alone.
  /// - Returns: What was found.
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
      let content = try Content(path: path, name: name, headerSize: file.content.headerSize)
      unpackedSize = content.size
      digest = content.digest
      try content.requireIDX(file.content, path: name ?? path)
      if let expectedDigest, content.digest != expectedDigest {
        throw .invalid(
          name ?? path,
          "found other data than the published: SHA-256 \(content.digest), "
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

/// What a file unpacks to, summed up in one pass that keeps none of it.
private struct Content {
  let size: Int
  let head: [UInt8]
  let digest: String

  init(path: String, name: String?, headerSize: Int) throws(DataError) {
    var hash = SHA256()
    var size = 0
    var head: [UInt8] = []
    try GzipFile.read(path: path, name: name) { chunk throws(DataError) in
      hash.update(chunk)
      head += chunk.prefix(headerSize - head.count)
      size += chunk.count
    }
    self.size = size
    self.head = head
    digest = hash.hexadecimal()
  }

  func requireIDX(_ content: IDXContent, path: String) throws(DataError) {
    let header = try IDXHeader(head, content: content, path: path)
    let found = size - content.headerSize
    guard found == header.dataSize else {
      throw header.mismatch(path: path, content: content, found: "\(found)")
    }
  }
}
