import ImageData

/// The result of fetching one file of a data set.
package struct FetchedFile: Sendable {
  /// The kinds of result.
  package enum Outcome: Sendable {
    /// The file was already there.
    case kept
    /// The file was missing and was fetched.
    case fetched(from: String)
    /// The existing file was replaced for this problem; nil if it was only replaced together with
    /// others.
    case replaced(from: String, problem: DataError?)
  }

  /// The file, one of four.
  package let file: DatasetFile

  /// The path of the file.
  package let path: String

  /// The result.
  package let outcome: Outcome

  /// The SHA-256 of the unpacked content.
  package let digest: String?

  /// What the file itself was found to agree with; nil for a file from an archive, and for one that
  /// was there and that nothing is known of.
  package let evidence: ExpectedContent.Evidence?

  /// Whether it was taken from an archive whose MD5 is the published one.
  package let isExtracted: Bool
}

/// Progress of a fetch.
package enum FetchProgress: Sendable {
  /// Another fetch writes to the directory, so this one starts when that one has ended.
  case waiting(directory: String)
  /// Bytes arrived; `expected` is nil if the server does not announce the size.
  case received(name: String, from: String, bytes: Int, expected: Int?)
  /// A mirror failed; the next one will be tried.
  case mirrorFailed(name: String, DataError)
  /// A file is being taken from an archive and checked.
  case extracting(name: String)
  /// The file is in place.
  case done(FetchedFile)
}
