import Foundation
import Glibc

/// Calls of the system: repeated where a signal interrupts them, and their failures in words.
package enum SystemCall {
  /// Calls as often as a signal interrupts the call.
  ///
  /// - Parameter call: Makes one call of the system; negative where that fails, with `errno` set.
  /// - Returns: The first result that is not an interruption.
  package static func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
  ) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Writes all bytes, in as many calls as that takes.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - descriptor: Where they go.
  /// - Returns: The error number of the call that failed; nil where all are written.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    writeAll(bytes) { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Writes all bytes through a function that takes some of them.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - write: Takes bytes from the front of the rest; returns as `write(2)` does.
  /// - Returns: The error number of the call that failed; nil where all are written.
  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, by write: (UnsafeRawBufferPointer) -> Int
  ) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = retrying { write(rest) }
      // A device that takes nothing and reports no error would be asked for ever.
      guard count != 0 else { return EIO }
      guard count > 0 else { return errno }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
  }

  /// The system's words for an error number.
  ///
  /// - Parameter code: A value of `errno`.
  /// - Returns: Such as `No such file or directory`.
  package static func text(of code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  /// The system's words for an error of Foundation's, whose own words name no cause.
  ///
  /// - Parameter error: The error.
  /// - Returns: The words for the error number below it; Foundation's words where there is none.
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
