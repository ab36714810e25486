import Glibc

/// Repeats a system call while a signal interrupts it.
///
/// - Parameter call: Makes one system call.
/// - Returns: Its result.
/// - Throws: The first error that is not an interruption.
package func retrying<Result>(
  _ call: () throws(SystemError) -> Result
) throws(SystemError) -> Result {
  while true {
    do throws(SystemError) {
      return try call()
    } catch  where error.code == EINTR {
      continue
    }
  }
}

/// Writes all bytes with a function that may write only some of them.
///
/// - Parameters:
///   - bytes: The bytes.
///   - write: Writes some of the first bytes, and returns their number.
/// - Throws: The error of the call that failed; `EIO` if a call wrote nothing.
func writeAll(
  _ bytes: UnsafeRawBufferPointer,
  by write: (UnsafeRawBufferPointer) throws(SystemError) -> Int
) throws(SystemError) {
  var rest = bytes
  while !rest.isEmpty {
    let count = try retrying { () throws(SystemError) in try write(rest) }
    // A device that accepts nothing and reports no error would be retried forever.
    guard count > 0 else { throw SystemError(code: EIO) }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
  }
}
