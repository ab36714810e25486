import Files
import Foundation

/// Reads the text files in which the kernel describes the system.
package enum SystemFile {
  /// Why a file that is there gives no text.
  struct Problem: Error, Equatable, CustomStringConvertible {
    let description: String

    /// Describes content that makes no sense.
    ///
    /// - Parameters:
    ///   - file: The file's path.
    ///   - found: What is there; cut to 80 characters.
    ///   - expected: What should be.
    init(_ file: String, found: some StringProtocol, expected: String) {
      let found = found.trimmingCharacters(in: .whitespacesAndNewlines).prefix(80)
      description = "\(file): found `\(found)`, expected \(expected)"
    }

    fileprivate init(_ file: String, _ error: any Error) {
      description = "\(file): \(SystemCall.text(of: error))"
    }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - root: The folder that stands for `/`; messages leave it out.
  /// - Returns: The file's text; nil where there is no such file.
  /// - Throws: ``Problem`` where it cannot be read or is no text in UTF-8.
  static func text(_ file: String, root: String) throws(Problem) -> String? {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: root + file))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return nil
    } catch {
      throw Problem(file, error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(file, found: "\(bytes.count) bytes", expected: "text in UTF-8")
    }
    return text
  }

  /// Reads a file of which it is of no use to know why it cannot be read.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - root: The folder that stands for `/`.
  /// - Returns: The file's text, without blanks and line ends around it; nil where there is none.
  package static func textIfReadable(_ file: String, root: String = "/") -> String? {
    do {
      return try text(file, root: root)?.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      return nil
    }
  }
}
