import Glibc
import Synchronization

/// A file to which whole records are appended.
///
/// A record that cannot be written is kept and written before the next one. So a disk that was full
/// for a while leaves no gap, and no part of a record, which readers would take for damage. At most
/// ``pendingLimit`` bytes are kept.
package final class AppendedFile: Sendable {
  private struct State {
    /// The size of the file, in bytes.
    var written = 0
    /// The records that could not be written yet.
    var pending: [UInt8] = []
    /// Whether a part of a record, or what the file had before, may follow what was written.
    var hasRest = false
    /// Why the file could not be synchronized, or lacks a record.
    var fault: FileError?
  }

  /// The bytes of records to keep that cannot be written yet.
  ///
  /// A later record is lost, and ``synchronize()`` fails from then on.
  static let pendingLimit = 64 << 20

  /// The file's path.
  package let path: String
  private let file: OpenFile
  /// Pipes, terminals and devices are neither truncated nor synchronized.
  private let isRegular: Bool
  private let state: Mutex<State>

  /// The bytes of records that could not be written yet.
  var pendingCount: Int { state.withLock { $0.pending.count } }

  /// Takes over an open file.
  ///
  /// Its content stays until ``clear()``, or until the first record is written.
  ///
  /// - Parameters:
  ///   - file: A file, open for appending.
  ///   - path: The path that messages name.
  /// - Throws: ``FileError``.
  package init(_ file: OpenFile, path: String) throws(FileError) {
    let status = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try file.status
    }
    isRegular = status.kind == .regular
    self.file = file
    self.path = path
    state = Mutex(State(hasRest: isRegular && status.size > 0))
  }

  /// Removes the content that the file had when it was opened.
  ///
  /// - Throws: ``FileError``; it is then tried again before the first record.
  package func clear() throws(FileError) {
    try state.withLock { state throws(FileError) in
      do throws(SystemError) {
        try removeRest(&state)
      } catch {
        throw FileError(path, .write, code: error.code)
      }
    }
  }

  /// Appends a record, after those that could not be written before, usually with one write.
  ///
  /// - Parameter record: The record.
  /// - Throws: ``FileError`` if writing fails.
  package func append(_ record: some Sequence<UInt8>) throws(FileError) {
    try state.withLock { state throws(FileError) in
      let earlier = state.pending.count
      state.pending += record
      do throws(FileError) {
        try flush(&state)
      } catch {
        if state.pending.count > Self.pendingLimit {
          state.pending.removeSubrange(earlier...)
          state.fault = error
        }
        throw error
      }
    }
  }

  private func flush(_ state: inout State) throws(FileError) {
    if state.pending.isEmpty { return }
    do throws(SystemError) {
      try removeRest(&state)
      state.hasRest = isRegular
      try write(state.pending)
      state.hasRest = false
      state.written += state.pending.count
      state.pending.removeAll()
    } catch {
      do throws(SystemError) {
        try removeRest(&state)
      } catch {
        // It is tried again before the next record.
      }
      throw FileError(path, .write, code: error.code)
    }
  }

  private func write(_ records: [UInt8]) throws(SystemError) {
    let write = { () throws(SystemError) in
      try records.withUnsafeBufferPointer { bytes throws(SystemError) in
        try self.file.write(UnsafeRawBufferPointer(bytes))
      }
    }
    // A reader of a pipe that stands still is no slow disk: a signal must end the process.
    if isRegular { try StopSignals.whileWaiting(write) } else { try write() }
  }

  private func removeRest(_ state: inout State) throws(SystemError) {
    guard state.hasRest else { return }
    try file.truncate(to: state.written)
    state.hasRest = false
  }

  /// Writes the records that could not be written before, and waits until the file and its name are
  /// on disk.
  ///
  /// - Throws: ``FileError`` if writing fails again, or the file cannot be synchronized; also each
  ///   time after that has failed once: the system may have dropped what it could not write; also
  ///   after a record was lost, if the path no longer leads to the file, and if another process has
  ///   shortened the file.
  package func synchronize() throws(FileError) {
    try state.withLock { state throws(FileError) in
      try flush(&state)
      if let fault = state.fault { throw fault }
      guard isRegular else { return }
      do throws(FileError) {
        // A file system may have no such operation.
        try FileError.wrapping(path, .write) { () throws(SystemError) in
          try file.synchronizeIfPossible()
        }
      } catch {
        state.fault = error
        throw error
      }
    }
    guard isRegular else { return }
    try AtomicFile.synchronizeFolder(of: path, path: path)
    try requireIntact()
  }

  /// Checks that nobody has removed or shortened the file: what was written would be lost.
  private func requireIntact() throws(FileError) {
    let isInPlace = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.status(path, followingLink: true).identity == file.status.identity
    }
    guard isInPlace else {
      throw FileError(
        path, .write, found: "another file in its place", expected: "the one that was opened")
    }
    // It may be longer: standard output may be the same file.
    try state.withLock { state throws(FileError) in
      let size = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try file.status.size
      }
      guard state.hasRest || size >= state.written else {
        throw FileError(
          path, .write, found: "\(size) bytes",
          expected: "at least the \(state.written) bytes that were written")
      }
    }
  }
}
