import Glibc
import Synchronization

/// A file to which whole records are appended.
///
/// If a record cannot be written, no part of it stays: a reader would take it for damage, and would not read
/// what follows.
package final class AppendedFile: Sendable {
  private struct State {
    /// The size of the file, in bytes.
    var written = 0
    /// Whether a part of a record may follow what was written.
    var hasPart = false
    /// Why the file could not be synchronised.
    var fault: FileError?
  }

  /// The file's path.
  package let path: String
  private let file: OpenFile
  /// Pipes, terminals and devices are neither truncated nor synchronised.
  private let isRegular: Bool
  private let state = Mutex(State())

  /// Takes over an open file.
  ///
  /// - Parameters:
  ///   - file: An empty file, open for appending.
  ///   - path: The path that messages name.
  /// - Throws: ``FileError``.
  package init(_ file: OpenFile, path: String) throws(FileError) {
    let status = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try file.status
    }
    isRegular = status.kind == .regular
    self.file = file
    self.path = path
  }

  /// Appends a record, usually with one write.
  ///
  /// - Parameter record: The record.
  /// - Throws: ``FileError``.
  package func append(_ record: [UInt8]) throws(FileError) {
    try state.withLock { state throws(FileError) in
      do throws(SystemError) {
        try removePart(&state)
        state.hasPart = isRegular
        try StopSignals.whileWaiting { () throws(SystemError) in
          try record.withUnsafeBufferPointer { bytes throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(bytes))
          }
        }
        state.hasPart = false
        state.written += record.count
      } catch {
        do throws(SystemError) {
          try removePart(&state)
        } catch {
          // It is tried again before the next record.
        }
        throw FileError(path, .write, code: error.code)
      }
    }
  }

  private func removePart(_ state: inout State) throws(SystemError) {
    guard state.hasPart else { return }
    try file.truncate(to: state.written)
    state.hasPart = false
  }

  /// Waits until the file and its name are on disk.
  ///
  /// - Throws: ``FileError``, also each time after it has failed once: the system may have dropped what it could
  ///   not write.
  package func synchronize() throws(FileError) {
    guard isRegular else { return }
    try state.withLock { state throws(FileError) in
      do throws(FileError) {
        if let fault = state.fault { throw fault }
        // A file system may have no such operation.
        try FileError.wrapping(path, .write) { () throws(SystemError) in
          try file.synchronizeIfPossible()
        }
      } catch {
        state.fault = error
        throw error
      }
    }
    try AtomicFile.synchronizeFolder(of: path, path: path)
  }
}
