import Files
import Glibc

/// What is wrong with data, or with what was asked about data.
public struct DataError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The kinds of failure a caller may want to tell apart; the command gives each an exit code.
  public enum Kind: Sendable {
    /// A data set, directory or file does not exist.
    case notFound
    /// The system refused to open or read a file that exists.
    case unreadable
    /// The system refused the memory to hold data.
    case refused
    /// A file's content is not what it must be.
    case invalid
    /// A download, or writing what was downloaded, failed.
    case transferFailed
    /// An unknown data set's name, or an address that cannot be one.
    case usage
  }

  /// The kind of failure.
  public let kind: Kind

  /// One paragraph that names the file, the place in it, what was found and what was expected.
  public let description: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure.
  ///   - description: The file, the place, what was found and what was expected.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// A file operation that failed while data were read.
  ///
  /// - Parameter error: The failure.
  public init(_ error: FileError) {
    let kind: Kind =
      switch error.reason {
      case .unexpected: .invalid
      case .system: error.isMissing ? .notFound : .unreadable
      }
    self.init(kind, error.description)
  }

  /// Runs a file operation; its failure becomes a `DataError`.
  public static func wrapping<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(DataError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw DataError(error)
    }
  }

  /// An error in a file's content.
  static func invalid(_ path: String, _ problem: String) -> DataError {
    DataError(.invalid, "\(path): \(problem)")
  }

  /// An error the system reported for a file.
  ///
  /// - Parameters:
  ///   - kind: What it means here; a file that does not exist is `notFound` whatever is said.
  ///   - action: What was tried, as in "cannot \(action)".
  ///   - path: The file.
  ///   - code: The value of `errno`.
  /// - Returns: The error to throw.
  package static func system(
    _ kind: Kind, cannot action: String, _ path: String, code: Int32
  ) -> DataError {
    let isMissing = kind == .unreadable && (code == ENOENT || code == ENOTDIR)
    return DataError(
      isMissing ? .notFound : kind, "\(path): cannot \(action): \(SystemCall.text(of: code))")
  }
}

extension InputFile {
  /// Reads on from where the last read ended, as ``read(into:)`` does.
  public func readData(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    do throws(FileError) {
      return try read(into: buffer)
    } catch {
      throw DataError(error)
    }
  }
}
