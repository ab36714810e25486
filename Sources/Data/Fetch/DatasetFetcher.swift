import Files
import Foundation
import ImageData
import Synchronization

/// The result of fetching one file of a data set.
package struct FetchedFile: Sendable {
  /// The kinds of result.
  package enum Outcome: Sendable {
    /// The published file was already there.
    case kept
    /// The file was missing and was fetched.
    case fetched(from: String)
    /// The existing file was not the published one and was replaced.
    case replaced(from: String, problem: DataError)
  }

  /// The file, one of four.
  package let file: DatasetFile

  /// The path of the file.
  package let path: String

  /// The result.
  package let outcome: Outcome
}

/// Progress of a fetch.
package enum FetchProgress: Sendable {
  /// Bytes arrived; `expected` is nil if the server does not announce the size.
  case received(file: DatasetFile, from: String, bytes: Int, expected: Int?)
  /// A mirror failed; the next one will be tried.
  case mirrorFailed(file: DatasetFile, DataError)
  /// The file is in place.
  case done(FetchedFile)
}

/// Downloads published data sets.
package enum DatasetFetcher {
  /// Fetches the four packed files of a published data set.
  ///
  /// A file gets its name only after its content was checked: gzip, IDX and the published SHA-256.
  /// Existing files that pass these checks are kept.
  ///
  /// - Parameters:
  ///   - name: The name of one of `KnownDataset.all`.
  ///   - mirror: The address of a directory with the four files, with scheme http, https or file;
  ///     nil tries the published mirrors in turn.
  ///   - directory: The directory to write to. It is created if it does not exist, and removed
  ///     again if nothing could be fetched.
  ///   - progress: Called with progress, from any thread, but by one thread at a time.
  /// - Returns: The result for each file, in the order of `DatasetFile.allCases`.
  /// - Throws: `DataError`: `usage` for an unknown name or an invalid mirror, `transferFailed` with
  ///   the failure of the last mirror, `invalid` if an existing unpacked file would hide the
  ///   fetched one.
  package static func fetch(
    name: String, mirror: String? = nil, into directory: String,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) throws(DataError) -> [FetchedFile] {
    guard let known = KnownDataset.matching(name) else {
      let names = KnownDataset.all.map(\.name).joined(separator: ", ")
      throw DataError(.usage, "unknown data set '\(name)': expected one of \(names)")
    }
    return try fetch(known, mirror: mirror, into: directory, progress: progress)
  }

  /// Fetches the four packed files of a data set that need not be one of `KnownDataset.all`.
  static func fetch(
    _ known: KnownDataset, mirror: String?, into directory: String,
    limits: DownloadLimits = DownloadLimits(),
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) throws(DataError) -> [FetchedFile] {
    let mirrors = try (mirror.map { [$0] } ?? known.mirrors).map(address)
    let folder = try FetchFolder(path: directory)
    TemporaryName.removeLeftovers(in: folder.path)
    let location = DatasetLocation(name: known.name, directory: directory)
    do throws(DataError) {
      var files: [FetchedFile] = []
      for file in DatasetFile.allCases {
        let fetched = try fetch(
          file, of: known, mirrors: mirrors, into: location, limits: limits, progress: progress)
        progress(.done(fetched))
        files.append(fetched)
      }
      return files
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  private static func address(_ mirror: String) throws(DataError) -> URL {
    guard let url = URL(string: mirror), ["http", "https", "file"].contains(url.scheme) else {
      throw DataError(
        .usage,
        "mirror '\(mirror)': expected an address that starts with https://, http:// or "
          + "file://")
    }
    return url
  }

  private static func fetch(
    _ file: DatasetFile, of known: KnownDataset, mirrors: [URL], into location: DatasetLocation,
    limits: DownloadLimits, progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws(DataError) -> FetchedFile {
    let digest = known.digests[file]
    let path = location.path(file.packedName)
    var problem: DataError?
    if let present = try location.presentFiles()[file] {
      problem = DatasetVerifier.verify(file, path: present, expectedDigest: digest).problem
      guard let problem else { return FetchedFile(file: file, path: present, outcome: .kept) }
      // The loader would continue to use the unpacked file.
      if present != path {
        throw DataError(problem.kind, "\(problem.description); remove that file, then fetch again")
      }
    }
    var failure = DataError(.transferFailed, "\(known.name): there is no mirror")
    for (index, mirror) in mirrors.enumerated() {
      if index > 0 { progress(.mirrorFailed(file: file, failure)) }
      let url = mirror.appendingPathComponent(file.packedName)
      do throws(DataError) {
        try fetch(url, file: file, digest: digest, to: path, limits: limits, progress: progress)
        let source = url.absoluteString
        return FetchedFile(
          file: file, path: path,
          outcome: problem.map { .replaced(from: source, problem: $0) } ?? .fetched(from: source))
      } catch {
        failure = error
      }
    }
    throw DataError(.transferFailed, failure.description)
  }

  /// Fetches one file, checks it and renames it to its final name.
  private static func fetch(
    _ url: URL, file: DatasetFile, digest: String?, to path: String, limits: DownloadLimits,
    progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws(DataError) {
    let partial = try writing { () throws(FileError) in try AtomicFile(path: path) }
    defer { partial.discard() }
    try transfer(url, file: file, into: partial, limits: limits, progress: progress)
    let check = DatasetVerifier.verify(
      file, path: partial.temporary, name: file.packedName, expectedDigest: digest)
    if let problem = check.problem {
      throw DataError(
        .transferFailed, "\(url.absoluteString): not the published file: \(problem.description)")
    }
    try writing { () throws(FileError) in try partial.commit() }
  }

  private static func writing<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(DataError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw DataError(.transferFailed, error.description)
    }
  }

  /// Copies the content of an address to a file.
  private static func transfer(
    _ url: URL, file: DatasetFile, into partial: AtomicFile, limits: DownloadLimits,
    progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws(DataError) {
    let source = url.absoluteString
    let received = Mutex(0)
    let consume: HTTPDownload.Consumer = { bytes, announced throws(DataError) in
      let total = received.withLock { total in
        total += bytes.count
        return total
      }
      guard max(total, announced ?? 0) <= limits.bytes else {
        throw DataError(
          .transferFailed,
          "\(source): found more than \(limits.bytes) bytes, which no known data set's file has")
      }
      try writing { () throws(FileError) in try partial.write(bytes) }
      progress(.received(file: file, from: source, bytes: total, expected: announced))
    }
    if url.isFileURL {
      try copy(path: url.path(percentEncoded: false), consume)
    } else {
      try HTTPDownload.run(url, limits: limits, consume: consume)
    }
  }

  private static func copy(
    path: String, _ consume: HTTPDownload.Consumer
  ) throws(DataError) {
    let input = try DataError.wrapping { () throws(FileError) in try InputFile(path: path) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = try input.readData(into: chunk)
      if count == 0 { return }
      try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]), input.size)
    }
  }
}
