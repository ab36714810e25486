import Foundation
import Glibc

/// Helpers for system calls: repetition after signals, complete writes, and error messages.
package enum SystemCall {
  /// Repeats a system call while a signal interrupts it.
  ///
  /// - Parameter call: Makes one system call; negative on failure, with `errno` set.
  /// - Returns: The first result that is not an interruption.
  package static func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
  ) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Writes all bytes, with as many calls as needed.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - descriptor: The file descriptor to write to.
  /// - Returns: The error number of the call that failed; nil if all are written.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    writeAll(bytes) { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Writes all bytes with a function that may write only some of them.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - write: Writes some of the first bytes; returns as `write(2)` does.
  /// - Returns: The error number of the call that failed; nil if all are written.
  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, by write: (UnsafeRawBufferPointer) -> Int
  ) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = retrying { write(rest) }
      // A device that accepts nothing and reports no error would be retried forever.
      guard count != 0 else { return EIO }
      guard count > 0 else { return errno }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
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
    var inner = error as NSError
    while true {
      if inner.domain == NSPOSIXErrorDomain { return text(of: Int32(inner.code)) }
      guard let next = inner.userInfo[NSUnderlyingErrorKey] as? any Error else { break }
      inner = next as NSError
    }
    return error.localizedDescription.replacingOccurrences(of: "\u{2019}", with: "'")
  }
}
