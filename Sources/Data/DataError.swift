import Files
import Glibc
import Parallel

/// An error in data, or in a request for data.
public struct DataError: MessageError, Equatable, Sendable {
  /// The kinds of failure that callers may distinguish; the command gives each an exit code.
  public enum Kind: Sendable {
    /// A data set, directory or file does not exist.
    case notFound
    /// The system refused to open or read a file that exists.
    case unreadable
    /// The system refused the memory to hold the data, or the descriptor of a file.
    case refused
    /// The content of a file is invalid.
    case invalid
    /// A file could not be written.
    case unwritable
    /// A download failed.
    case transferFailed
    /// A signal asked the process to stop.
    case stopped
    /// The name of an unknown data set, or an invalid address.
    case usage
  }

  /// What is missing, so that the caller can say how to obtain it.
  package enum MissingData: Equatable, Sendable {
    /// Any of these published data sets; without one, a directory that has another data set.
    case datasets([KnownDataset])
    /// A data set of a name that is not published.
    case name
    /// Some files of a published data set.
    case files(of: KnownDataset)
    /// The usual names: files of the data set have others.
    case usualNames(OtherNames)
    /// A directory of IDX files: this one has none.
    case directory
  }

  /// The kind of failure.
  public let kind: Kind

  /// One paragraph with the file, the position in it, what was found and what was expected.
  public let message: Message

  /// The message, with the names of settings in backquotes.
  public var description: String { message.description }

  /// What is missing and can be obtained; nil for all other failures.
  package let missing: MissingData?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure.
  ///   - message: The file, the position, what was found and what was expected.
  public init(_ kind: Kind, _ message: Message) {
    self.init(kind, message, missing: nil)
  }

  /// Creates an error about something that can be got.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure.
  ///   - message: The file, the position, what was found and what was expected.
  ///   - missing: What is missing; nil if that is not known.
  package init(_ kind: Kind, _ message: Message, missing: MissingData?) {
    self.kind = kind
    self.message = message
    self.missing = missing
  }

  /// Converts the failure of a file operation while data were read.
  ///
  /// - Parameter error: The failure.
  package init(_ error: FileError) {
    switch error.reason {
    case .unexpected: self.init(.invalid, "\(error)")
    case .system(let code):
      self.init(error.isMissing ? .notFound : .unreadable, "\(error)", code: code)
    }
  }

  /// Converts the failure of a file operation while data were written.
  ///
  /// - Parameter error: The failure.
  package init(writing error: FileError) {
    switch error.reason {
    case .unexpected: self.init(.unwritable, "\(error)")
    case .system(let code): self.init(.unwritable, "\(error)", code: code)
    }
  }

  /// Creates an error that the system reported.
  ///
  /// If a limit of the process is the reason, the kind is `refused`, and the limit follows.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure otherwise.
  ///   - message: What failed and why.
  ///   - code: The value of `errno`.
  private init(_ kind: Kind, _ message: Message, code: Int32) {
    if let limits = SystemRefusal.limits(behind: code) {
      self.init(.refused, "\(message) (\(limits))")
    } else {
      self.init(kind, message)
    }
  }

  /// Runs a file operation and converts its failure to a `DataError`.
  package static func wrapping<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(DataError) -> Result {
    try converting(body) { DataError($0) }
  }

  /// Runs an operation on a file that is written, and converts its failure to a `DataError`.
  ///
  /// - Parameter body: The operation.
  /// - Returns: What the operation returns.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  package static func writing<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(DataError) -> Result {
    try converting(body) { DataError(writing: $0) }
  }

  private static func converting<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result, _ error: (FileError) -> DataError
  ) throws(DataError) -> Result {
    do throws(FileError) {
      return try body()
    } catch let failure {
      throw error(failure)
    }
  }

  /// Creates an error in the content of a file.
  static func invalid(_ path: String, _ problem: String) -> DataError {
    DataError(.invalid, "\(path): \(problem)")
  }

  /// Creates an error that the system reported for a file.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure; a file that does not exist is always `notFound`, and one that a
  ///     limit of the process refuses is `refused`.
  ///   - action: What was tried, as in "cannot \(action)".
  ///   - path: The file.
  ///   - code: The value of `errno`.
  /// - Returns: The error to throw.
  package static func system(
    _ kind: Kind, cannot action: String, _ path: String, code: Int32
  ) -> DataError {
    let isMissing = kind == .unreadable && (code == ENOENT || code == ENOTDIR)
    return DataError(
      isMissing ? .notFound : kind, "\(path): cannot \(action): \(SystemCall.text(of: code))",
      code: code)
  }
}

extension InputFile {
  /// Reads the next bytes, as ``read(into:)`` does.
  package func readData(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    do throws(FileError) {
      return try read(into: buffer)
    } catch {
      throw DataError(error)
    }
  }
}
