import Files
import ImageData

/// Fetches a data set whose files are published each by itself.
struct FileFetch {
  let known: KnownDataset
  let published: [DatasetFile: PublishedFile]
  let folder: FetchFolder
  let record: FetchRecord?
  let download: MirrorDownload
  let progress: (FetchProgress) -> Void

  func run() throws(DataError) -> [FetchedFile] {
    var files: [FetchedFile] = []
    for file in DatasetFile.allCases {
      let fetched = try fetch(file)
      progress(.done(fetched))
      files.append(fetched)
    }
    return files
  }

  private func fetch(_ file: DatasetFile) throws(DataError) -> FetchedFile {
    let path = folder.location.path(file.packedName)
    var problem: DataError?
    if let present = try folder.location.presentFiles()[file] {
      let found = DatasetVerifier.verify(
        file, path: present, expected: ExpectedContent(file, of: known, record: record))
      problem = found.problem
      guard let problem else {
        return FetchedFile(
          file: file, path: present, outcome: .kept, digest: found.digest, evidence: found.evidence,
          isExtracted: false)
      }
      // The loader would continue to use the unpacked file.
      if present != path { throw problem.hiding }
    }
    try folder.checkReplaceable(
      [file.packedName] + (known.leavesRecord ? [FetchRecord.fileName] : []))
    let source = published[file] ?? PublishedFile(file.packedName)
    let (found, address) = try download.get(source, to: file.packedName, in: folder) {
      partial, address throws(DataError) in
      let found = DatasetVerifier.verify(
        file, path: partial.descriptorPath, name: file.packedName,
        expected: ExpectedContent(file, of: known))
      if let problem = found.problem {
        guard problem.kind == .invalid else {
          // Not the server's fault, for example if the directory was removed meanwhile.
          throw DataError(
            problem.kind == .notFound ? .unwritable : problem.kind,
            "\(path): what was received is gone or cannot be read: \(problem)")
        }
        throw DataError(
          .transferFailed, "\(address): not the published file: \(problem)")
      }
      try DataError.writing { () throws(FileError) in try partial.commit() }
      return found
    }
    return FetchedFile(
      file: file, path: path,
      outcome: problem.map { .replaced(from: address, problem: $0) } ?? .fetched(from: address),
      digest: found.digest, evidence: found.evidence, isExtracted: false)
  }
}

extension DataError {
  /// The error for an unpacked file that would hide a fetched one.
  var hiding: DataError {
    DataError(kind, "\(self); remove that file, then fetch again")
  }
}
