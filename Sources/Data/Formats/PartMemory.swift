import Glibc

/// Allocates memory for the parts in which a file is read.
///
/// Unlike Swift's own allocation, it does not end the process if the system refuses the memory, so
/// that files which are being written can be removed.
///
/// - Parameters:
///   - count: The number of bytes.
///   - name: The file, for messages.
/// - Returns: The memory, which the caller releases by `free`.
/// - Throws: `DataError` of kind `refused`.
package func allocatePart(
  _ count: Int, of name: String
) throws(DataError) -> UnsafeMutableRawBufferPointer {
  var start: UnsafeMutableRawPointer?
  let code = posix_memalign(&start, 64, count)
  guard code == 0 else { throw .system(.unreadable, cannot: "be read", name, code: code) }
  return UnsafeMutableRawBufferPointer(start: start, count: count)
}
