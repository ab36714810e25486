import Foundation
import Parallel
import Synchronization

/// A file written beside the name it will get, so that the name never leads to half a file.
///
/// Its owner calls either `commit` or `discard`.
final class PartialFile: Sendable {
  /// Where the bytes are until `commit`.
  let path: String
  /// The file's name afterwards.
  let finalPath: String
  /// What every such file's own name begins with.
  static let prefix = ".partial-"
  private let descriptor: Int32
  private let isSettled = Atomic(false)

  /// Creates an empty file.
  ///
  /// - Throws: `DataError` of kind `transferFailed`.
  init(for finalPath: String) throws(DataError) {
    let final = finalPath as NSString
    while true {
      let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
      // Hidden, and with the final name's extension, which readers go by.
      let path = (final.deletingLastPathComponent as NSString)
        .appendingPathComponent("\(Self.prefix)\(unique)-\(final.lastPathComponent)")
      let descriptor = SystemCall.retrying {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else {
        throw .system(.transferFailed, cannot: "create the file", path, code: errno)
      }
      // The lock keeps others from taking the file for a leftover; one may have been faster.
      _ = SystemCall.retrying { flock(descriptor, LOCK_EX) }
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink == 0 {
        close(descriptor)
        continue
      }
      self.path = path
      self.finalPath = finalPath
      self.descriptor = descriptor
      return
    }
  }

  deinit {
    discard()
    close(descriptor)
  }

  /// Appends bytes.
  ///
  /// - Throws: `DataError` of kind `transferFailed`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    if let code = SystemCall.write(bytes, to: descriptor) {
      throw .system(.transferFailed, cannot: "write the file", path, code: code)
    }
  }

  /// Removes the file, unless it has its name already.
  ///
  /// Not left to the end of its life: a session that is being torn down may hold it a while longer.
  func discard() {
    if !isSettled.exchange(true, ordering: .relaxed) { unlink(path) }
  }

  /// Removes a file that its process left behind; one that is being written stays.
  static func removeLeftover(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 { return }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    close(descriptor)
  }

  /// Puts the bytes on disk and gives the file its name.
  ///
  /// - Throws: `DataError` of kind `transferFailed`.
  func commit() throws(DataError) {
    guard SystemCall.retrying({ fsync(descriptor) }) == 0 else {
      throw .system(.transferFailed, cannot: "flush the file to disk", path, code: errno)
    }
    guard SystemCall.retrying({ rename(path, finalPath) }) == 0 else {
      throw .system(.transferFailed, cannot: "rename the file to \(finalPath)", path, code: errno)
    }
    isSettled.store(true, ordering: .relaxed)
    // The name is on disk once the directory is.
    let directory = (finalPath as NSString).deletingLastPathComponent
    let handle = SystemCall.retrying {
      open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard handle >= 0, SystemCall.retrying({ fsync(handle) }) == 0 else {
      let code = errno
      if handle >= 0 { close(handle) }
      throw .system(.transferFailed, cannot: "flush the directory to disk", directory, code: code)
    }
    close(handle)
  }
}
