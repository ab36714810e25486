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

  /// What the file agrees with; nil if only its format could be checked, or there is a problem.
  package let evidence: ExpectedContent.Evidence?

  /// The problem; nil if there is none.
  package let problem: DataError?
}
