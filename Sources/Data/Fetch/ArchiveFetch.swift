import Archives
import Files
import ImageData

/// Fetches a data set whose files are published in a zip file, and brings them into the usual form.
struct ArchiveFetch {
  let archive: PublishedArchive
  let keepsTransposed: Bool
  let folder: FetchFolder
  let record: FetchRecord?
  let download: MirrorDownload
  let progress: (FetchProgress) -> Void

  /// A file that is complete, but does not have its name yet.
  private struct Extracted {
    let file: DatasetFile
    let partial: AtomicFile
    let digest: String?
  }

  private var location: DatasetLocation { folder.location }

  func run() throws(DataError) -> [FetchedFile] {
    let present = try presentFiles()
    let problems = present.compactMapValues(problem(of:))
    if present.count == DatasetFile.allCases.count, problems.isEmpty {
      return DatasetFile.allCases.compactMap { present[$0] }.map { found in
        let kept = FetchedFile(
          file: found.file, path: found.path, outcome: .kept, digest: found.digest,
          evidence: found.evidence, isExtracted: false)
        progress(.done(kept))
        return kept
      }
    }
    for file in DatasetFile.allCases {
      guard let found = present[file], found.path != location.path(file.packedName) else {
        continue
      }
      throw (problems[file] ?? otherFiles(found)).hiding
    }
    try folder.checkReplaceable(
      DatasetFile.allCases.map(\.packedName) + [FetchRecord.fileName])
    let (digests, address) = try download.get(
      archive.file, to: archive.file.name, in: folder, use: extractAll)
    return DatasetFile.allCases.map { file in
      let fetched = FetchedFile(
        file: file, path: location.path(file.packedName),
        outcome: present[file] == nil
          ? .fetched(from: address) : .replaced(from: address, problem: problems[file]),
        digest: digests[file], evidence: nil, isExtracted: true)
      progress(.done(fetched))
      return fetched
    }
  }

  /// Takes all four files from the zip file; they get their names together, after all are checked.
  private func extractAll(
    from zip: AtomicFile, address: String
  ) throws(DataError) -> [DatasetFile: String] {
    if let md5 = archive.file.md5 {
      let found = try DatasetVerifier.md5(zip.descriptorPath, name: address)
      guard found == md5 else {
        throw DataError(
          .transferFailed,
          "\(address): not the published file: found MD5 \(found), expected \(md5)")
      }
    }
    let source = try ZipArchive(path: zip.descriptorPath, name: address)
    var extracted: [Extracted] = []
    defer { for file in extracted { file.partial.discard() } }
    for file in DatasetFile.allCases {
      progress(.extracting(name: file.packedName))
      extracted.append(try extract(file, from: source))
    }
    for file in extracted {
      try DataError.writing { () throws(FileError) in try file.partial.commit() }
    }
    return Dictionary(uniqueKeysWithValues: extracted.map { ($0.file, $0.digest ?? "") })
  }

  private func extract(
    _ file: DatasetFile, from zip: ZipArchive
  ) throws(DataError) -> Extracted {
    let member = archive.members[file] ?? file.packedName
    let packed = try folder.newFile(file.packedName)
    do throws(DataError) {
      try zip.read(member) { bytes throws(DataError) in
        try DataError.writing { () throws(FileError) in try packed.write(bytes) }
      }
      let name = "\(zip.name): \(member)"
      let found = try checked(file, packed, name: name)
      guard let converted = try inUsualForm(file, packed, name: name) else {
        return Extracted(file: file, partial: packed, digest: found)
      }
      packed.discard()
      do throws(DataError) {
        let digest = try checked(file, converted, name: name)
        return Extracted(file: file, partial: converted, digest: digest)
      } catch {
        converted.discard()
        throw error
      }
    } catch {
      packed.discard()
      throw error
    }
  }

  /// The file in the form of MNIST's; nil if it has that form, or is to keep its own.
  private func inUsualForm(
    _ file: DatasetFile, _ packed: AtomicFile, name: String
  ) throws(DataError) -> AtomicFile? {
    let isConverted =
      file.hasImages ? archive.isTransposed && !keepsTransposed : archive.firstLabel > 0
    if !isConverted { return nil }
    let target = try folder.newFile(file.packedName)
    do throws(DataError) {
      if file.hasImages {
        try UsualForm.transposeImages(from: packed.descriptorPath, name: name, to: target)
      } else {
        try UsualForm.lowerLabels(
          from: packed.descriptorPath, name: name, first: archive.firstLabel, to: target)
      }
      return target
    } catch {
      target.discard()
      throw error
    }
  }

  /// Checks checksums and format, and returns the SHA-256 of the content.
  private func checked(
    _ file: DatasetFile, _ partial: AtomicFile, name: String
  ) throws(DataError) -> String? {
    let found = DatasetVerifier.verify(
      file, path: partial.descriptorPath, name: name, expected: .anything)
    if let problem = found.problem { throw problem }
    return found.digest
  }
}

// MARK: - Files that are there

extension ArchiveFetch {
  private func presentFiles() throws(DataError) -> [DatasetFile: FileVerification] {
    var found: [DatasetFile: FileVerification] = [:]
    for (file, path) in try location.presentFiles() {
      found[file] = DatasetVerifier.verify(
        file, path: path, expected: ExpectedContent(file, of: nil, record: record))
    }
    return found
  }

  /// Why a file is not what a fetch would make; nil if it is.
  private func problem(of found: FileVerification) -> DataError? {
    if let problem = found.problem { return problem }
    guard found.evidence == .recorded else {
      return DataError(
        .invalid, "\(found.path): found no record of its fetch in \(FetchRecord.fileName)")
    }
    guard record?.isTransposed == keepsTransposed else {
      let form = keepsTransposed ? "upright" : "transposed"
      return DataError(.invalid, "\(found.path): found the data set with \(form) images")
    }
    return nil
  }

  /// The reason to replace a file with which nothing is wrong.
  private func otherFiles(_ found: FileVerification) -> DataError {
    DataError(.invalid, "\(found.path): found only some of the files, or others that are damaged")
  }
}
