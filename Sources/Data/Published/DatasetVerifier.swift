import Files
import Glibc

/// Checks files on disk: their checksums, their format and their known digests.
package enum DatasetVerifier {
  /// Checks the four files of a data set.
  ///
  /// - Parameter location: The directory and the name. The name determines the published digests; a
  ///   record of a fetch of that data set in the directory has those of data sets without published
  ///   ones.
  /// - Returns: The results, in the order of `DatasetFile.allCases`.
  /// - Throws: `DataError`: `notFound` if a file is missing, `unreadable`, or `invalid` for a
  ///   damaged record.
  package static func verify(
    _ location: DatasetLocation
  ) throws(DataError) -> [FileVerification] {
    let paths = try location.files()
    let known = KnownDataset.matching(location.name)
    // Published digests come first.
    let needsRecord = known?.leavesRecord ?? true
    let record = needsRecord ? try FetchRecord.read(in: location, of: known) : nil
    return concurrentMap(count: DatasetFile.allCases.count) { index in
      let file = DatasetFile.allCases[index]
      return verify(
        file, path: paths[file, default: ""],
        expected: ExpectedContent(file, of: known, record: record))
    }
  }

  /// Checks one file.
  ///
  /// - Parameters:
  ///   - file: Which of the four files it must be.
  ///   - path: The path of the file.
  ///   - name: The name that messages use; nil for the path.
  ///   - expected: What is known of the content.
  /// - Returns: The result.
  package static func verify(
    _ file: DatasetFile, path: String, name: String? = nil, expected: ExpectedContent
  ) -> FileVerification {
    var size: Int?
    var content: Content?
    var evidence: ExpectedContent.Evidence?
    var problem: DataError?
    do throws(DataError) {
      size = try DataError.wrapping { () throws(FileError) in
        try InputFile(path: path, name: name).size
      }
      let found = try Content(of: file.content, path: path, name: name)
      content = found
      try found.requireWhole(file.content, path: name ?? path)
      evidence = try expected.compare(
        digest: found.digest, packed: found.isPacked ? path : nil, name: name ?? path)
    } catch {
      problem = error
    }
    return FileVerification(
      file: file, path: path, size: size, unpackedSize: content?.size, digest: content?.digest,
      evidence: evidence, problem: problem)
  }

  /// The MD5 of a file as it is.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use.
  /// - Returns: Lower-case hexadecimal digits.
  /// - Throws: `DataError` of kind `notFound`, `unreadable` or `refused`; `unreadable` also if
  ///   OpenSSL does not allow MD5.
  package static func md5(_ path: String, name: String) throws(DataError) -> String {
    do {
      return try InputFile(path: path, name: name).digest(.md5)
    } catch let error as FileError {
      throw DataError(error)
    } catch Digest.Refusal.noMemory {
      throw .system(.unreadable, cannot: "be read", name, code: ENOMEM)
    } catch {
      throw DataError(.unreadable, "\(name): its MD5 cannot be computed: \(error)")
    }
  }
}

/// The size and digest of an unpacked file, computed in one pass without keeping the content.
private struct Content {
  let size: Int
  /// Nil for an empty file.
  let header: IDXHeader?
  let digest: String
  let isPacked: Bool

  /// Reads an IDX file to its end, or to the first byte that is wrong: a small file may unpack to
  /// far more than its header says, and need not be unpacked if its header says too much.
  init(of content: IDXContent, path: String, name: String?) throws(DataError) {
    let shown = name ?? path
    let stream = try UnpackedStream(path: path, name: name)
    var hash = Digest(.sha256)
    var size = 0
    var header: IDXHeader?
    isPacked = stream.isGzip
    try GzipFile.read(stream) { chunk throws(DataError) in
      // The first chunk contains the whole header, unless the file ends before.
      if header == nil {
        let head = Array(chunk.prefix(IDXContent.longestHeader))
        let found = try IDXHeader(head, content: content, path: shown)
        try found.requirePlausible(in: stream, content: content)
        header = found
      }
      hash.update(chunk)
      size += chunk.count
      if let header, size - header.size > header.dataSize {
        throw header.mismatch(
          path: shown, content: content, found: "\(header.dataSize + 1) or more")
      }
    }
    self.size = size
    digest = hash.hexadecimal()
    self.header = header
  }

  /// Checks that no data is missing at the end.
  func requireWhole(_ content: IDXContent, path: String) throws(DataError) {
    if let header, size - header.size < header.dataSize {
      throw header.mismatch(path: path, content: content, found: "\(size - header.size)")
    }
  }
}
