import Foundation
import Glibc

/// The words of the system, and writing to a descriptor that is not a file's.
package enum SystemCall {
  /// Writes all bytes, with as many calls as needed.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - descriptor: A stream of this process, such as standard output.
  /// - Throws: ``SystemError``.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
  ) throws(SystemError) {
    try writeAll(bytes) { rest throws(SystemError) in
      try LinuxFileSystem().write(descriptor, rest)
    }
  }

  /// The system's message for an error number.
  ///
  /// - Parameter code: A value of `errno`.
  /// - Returns: For example `No such file or directory`.
  package static func text(of code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  /// The system's message for an error of Foundation, whose own message gives no cause.
  ///
  /// - Parameter error: The error.
  /// - Returns: The message for the underlying error number; Foundation's message if there is none.
  package static func text(of error: any Error) -> String {
    errorNumber(of: error).map { code in text(of: code) }
      ?? error.localizedDescription.replacingOccurrences(of: "\u{2019}", with: "'")
  }

  /// The system's error number that underlies an error of Foundation.
  ///
  /// - Parameter error: The error.
  /// - Returns: A value of `errno`; nil if there is none.
  package static func errorNumber(of error: any Error) -> Int32? {
    var inner: NSError? = error as NSError
    while let error = inner {
      if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
      inner = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
    }
    return nil
  }
}
