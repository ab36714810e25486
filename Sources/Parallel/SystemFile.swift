import Files
import Foundation

/// Reads text files in which Linux describes the system.
package enum SystemFile {
  /// Why an existing file could not be read or parsed.
  struct Problem: Error, Equatable, CustomStringConvertible {
    let description: String

    /// Creates a problem with a file's content.
    ///
    /// - Parameters:
    ///   - file: The file's path.
    ///   - found: What was found; cut to 80 characters.
    ///   - expected: What was expected.
    init(_ file: String, found: some StringProtocol, expected: String) {
      let found = found.trimmingCharacters(in: .whitespacesAndNewlines).prefix(80)
      description = "\(file): found `\(found)`, expected \(expected)"
    }

    fileprivate init(_ file: String, _ error: FileError) {
      let reason =
        switch error.reason {
        case .system(let code): SystemCall.text(of: code)
        case .unexpected(let found, let expected): "found \(found), expected \(expected)"
        }
      description = "\(file): \(reason)"
    }
  }

  private static let sizeLimit = 1 << 24

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - root: The folder to use as `/`; messages leave it out.
  /// - Returns: The file's text; nil if there is no such file.
  /// - Throws: ``Problem`` if it cannot be read or is not UTF-8.
  static func text(_ file: String, root: String) throws(Problem) -> String? {
    let bytes: [UInt8]
    do throws(FileError) {
      // Foundation would end the process if it got no memory.
      bytes = try InputFile(path: root + file).contents(limit: sizeLimit)
    } catch {
      if error.isMissing { return nil }
      throw Problem(file, error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(file, found: "\(bytes.count) bytes", expected: "text in UTF-8")
    }
    return text
  }

  /// Reads a file, without a reason if it cannot be read.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - root: The folder to use as `/`.
  /// - Returns: The text without white space at its ends; nil if it cannot be read.
  package static func textIfReadable(_ file: String, root: String = "/") -> String? {
    do {
      return try text(file, root: root)?.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      return nil
    }
  }
}
