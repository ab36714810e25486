import Files
import ImageData

/// Downloads published data sets.
package enum DatasetFetcher {
  /// Fetches the four packed files of a published data set.
  ///
  /// A file gets its name only after its content was checked: gzip, IDX and what was published of
  /// it, its SHA-256 or MD5. Existing files that pass these checks are kept. If no SHA-256 is
  /// published, a ``FetchRecord`` with those that were found is written beside the files. A second
  /// fetch into the directory waits for the first one.
  ///
  /// - Parameters:
  ///   - name: The name of one of `KnownDataset.all`.
  ///   - mirror: The address of a directory with the published files, with scheme http, https or
  ///     file; nil tries the published mirrors in turn.
  ///   - keepsTransposed: Whether images that are published with rows and columns swapped stay so.
  ///   - directory: The directory to write to. It is created if it does not exist, and removed
  ///     again if nothing could be fetched.
  ///   - progress: Called with progress.
  /// - Returns: The result for each file, in the order of `DatasetFile.allCases`.
  /// - Throws: `DataError`: `usage` for an unknown name, an invalid mirror or a data set that is
  ///   not transposed, `transferFailed` with the failure of the last mirror, `invalid` if an
  ///   existing unpacked file would hide the fetched one or the record is damaged, `unwritable` if a
  ///   file cannot be written, or if another fetch does not end in time.
  package static func fetch(
    name: String, mirror: String? = nil, keepsTransposed: Bool = false, into directory: String,
    progress: @escaping (FetchProgress) -> Void = { _ in }
  ) throws(DataError) -> [FetchedFile] {
    guard let known = KnownDataset.matching(name) else {
      let names = KnownDataset.all.map(\.name).joined(separator: ", ")
      throw DataError(.usage, "unknown data set '\(name)': expected one of \(names)")
    }
    return try fetch(
      known, mirror: mirror, keepsTransposed: keepsTransposed, into: directory, progress: progress)
  }

  /// Fetches the four packed files of a data set that need not be one of `KnownDataset.all`.
  static func fetch(
    _ known: KnownDataset, mirror: String?, keepsTransposed: Bool = false, into directory: String,
    progress: @escaping (FetchProgress) -> Void = { _ in }
  ) throws(DataError) -> [FetchedFile] {
    if keepsTransposed, !known.isTransposed {
      throw DataError(
        .usage,
        "\(setting: "transposed") has no meaning for \(known.name): its images are published "
          + "upright")
    }
    let limits = DownloadLimits(for: known.distribution)
    let download = try MirrorDownload(
      mirrors: mirror.map { [$0] } ?? known.mirrors, limits: limits, progress: progress)
    let folder = try FetchFolder(
      DatasetLocation(name: known.name, directory: directory), patience: limits.seconds
    ) { progress(.waiting(directory: directory)) }
    // It holds the lock.
    defer { withExtendedLifetime(folder) {} }
    TemporaryName.removeLeftovers(in: directory)
    do throws(DataError) {
      let record = try known.leavesRecord ? record(in: folder.location, of: known) : nil
      let files: [FetchedFile] =
        switch known.distribution {
        case .files(let published):
          try FileFetch(
            known: known, published: published, folder: folder, record: record, download: download,
            progress: progress
          ).run()
        case .archive(let archive):
          try ArchiveFetch(
            archive: archive, keepsTransposed: keepsTransposed, folder: folder, record: record,
            download: download, progress: progress
          ).run()
        }
      if known.leavesRecord {
        try write(
          FetchRecord(
            dataset: known.name, isTransposed: keepsTransposed, sha256: digests(of: files)),
          unless: record, to: folder.location.path(FetchRecord.fileName))
      }
      return files
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  /// Reads the record that an earlier fetch may have left.
  private static func record(
    in location: DatasetLocation, of known: KnownDataset
  ) throws(DataError) -> FetchRecord? {
    do throws(DataError) {
      return try FetchRecord.read(in: location, of: known)
    } catch {
      guard error.kind == .invalid else { throw error }
      throw DataError(.invalid, "\(error); remove it to fetch again")
    }
  }

  /// The digests of the files that are known to be what was published.
  private static func digests(of files: [FetchedFile]) -> [String: String] {
    var digests: [String: String] = [:]
    for file in files where file.evidence != nil || file.isExtracted {
      digests[file.file.plainName] = file.digest
    }
    return digests
  }

  /// Writes a record, unless it is there.
  private static func write(
    _ record: FetchRecord, unless present: FetchRecord?, to path: String
  ) throws(DataError) {
    if record == present { return }
    try AtomicFile.replaceData(path: path, in: .ownDirectory, with: record.encoded())
  }
}
