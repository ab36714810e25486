import Files
import ImageData
import Parallel

/// Why libcurl cannot be loaded.
struct LibraryProblem {
  /// The loader's message, or libcurl's.
  let text: String

  /// The error of a download.
  ///
  /// - Parameters:
  ///   - address: What was to be downloaded.
  ///   - isLimited: Whether the memory of the process is limited.
  /// - Returns: An error of kind `refused` if memory is what is missing, otherwise of kind
  ///   `transferFailed`.
  func error(address: String, isLimited: Bool) -> DataError {
    let start = "\(address): libcurl, which downloads, cannot be loaded: \(text)"
    return isOfMemory(isLimited: isLimited)
      ? DataError(.refused, "\(start) (\(MemoryLimit.explanation))")
      : DataError(.transferFailed, "\(start) (its package is libcurl4)")
  }

  private func isOfMemory(isLimited: Bool) -> Bool {
    let words = text.lowercased()
    // The loader's own table for variables of threads is full: no limit is the reason.
    if words.contains("static tls") { return false }
    if words.contains("cannot allocate memory") || words.contains("out of memory") { return true }
    // Also said of a file system from which nothing may be executed.
    return isLimited && words.contains("failed to map segment")
  }
}
