/// The known properties of a file's content.
package struct ExpectedContent: Sendable {
  /// The known property that a file agrees with.
  package enum Evidence: Sendable {
    /// The published SHA-256 of the unpacked content.
    case published
    /// The published MD5 of the packed file.
    case packed
    /// The SHA-256 that was found when the file was fetched.
    case recorded
  }

  /// The published SHA-256 of the unpacked content.
  private let sha256: String?
  /// The published MD5 of the packed file.
  private let md5: String?
  /// The SHA-256 of the unpacked content that a fetch recorded.
  private let recorded: String?

  /// Nothing is known: only the format is checked.
  package static let anything = ExpectedContent(sha256: nil, md5: nil, recorded: nil)

  private init(sha256: String?, md5: String?, recorded: String?) {
    self.sha256 = sha256
    self.md5 = md5
    self.recorded = recorded
  }

  /// Collects the known properties of a data set's file.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - known: The published data set that it belongs to; nil for another one.
  ///   - record: What was found when it was fetched.
  package init(_ file: DatasetFile, of known: KnownDataset?, record: FetchRecord? = nil) {
    self.init(
      sha256: known?.digests[file], md5: known?.md5(of: file),
      recorded: record?.sha256[file.plainName])
  }

  /// Compares a file.
  ///
  /// - Parameters:
  ///   - digest: The SHA-256 of its unpacked content.
  ///   - packed: Its path if it is packed, so that the MD5 can be computed if it is needed;
  ///     otherwise nil.
  ///   - name: The name that messages use.
  /// - Returns: What it agrees with; nil if there is nothing to compare with.
  /// - Throws: `DataError` of kind `invalid` with what was found and what was expected.
  func compare(
    digest: String, packed: String?, name: String
  ) throws(DataError) -> Evidence? {
    if let sha256 {
      guard digest == sha256 else {
        throw .invalid(
          name, "found other data than was published: SHA-256 \(digest), expected \(sha256)")
      }
      return .published
    }
    if let md5, let packed {
      let found = try DatasetVerifier.md5(packed, name: name)
      if found == md5 { return .packed }
      // Packed again it may still be what was fetched.
      guard digest == recorded else {
        throw .invalid(
          name, "found another file than was published: MD5 \(found), expected \(md5)")
      }
      return .recorded
    }
    guard let recorded else { return nil }
    guard digest == recorded else {
      throw .invalid(
        name,
        "found other data than was fetched: SHA-256 \(digest), expected \(recorded), as "
          + "\(FetchRecord.fileName) has it")
    }
    return .recorded
  }
}
