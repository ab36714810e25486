import Glibc
import Synchronization

/// A text file to which whole lines are appended, each with one write.
///
/// A line that cannot be written is kept and written before the next one. So a disk that was full
/// for a while leaves neither a gap nor half a line.
package final class LineFile: Sendable {
  /// The file's path.
  package let path: String
  private let descriptor: Int32
  /// Whether it is a regular file.
  ///
  /// Pipes, terminals and devices are neither truncated nor synchronised.
  private let isRegular: Bool
  private let state = Mutex<(written: off_t, pending: [UInt8])>((0, []))

  /// Opens the file and truncates it if it exists.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(path: String, in location: AtomicFile.Location = .anywhere) throws {
    let descriptor = try Self.open(path, location)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(path, .write, code: code)
    }
    self.path = path
    self.descriptor = descriptor
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  private static func open(_ path: String, _ location: AtomicFile.Location) throws -> Int32 {
    switch location {
    case .anywhere:
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let descriptor = SystemCall.retrying { Glibc.open(path, flags, 0o666) }
      guard descriptor >= 0 else { throw FileError(path, .write, code: errno) }
      return descriptor
    case .lockedDirectory:
      // Truncated only after it is known to belong to this program.
      let descriptor = try OwnFile.open(path: path, access: O_WRONLY)
      guard SystemCall.retrying({ ftruncate(descriptor, 0) }) == 0 else {
        let code = errno
        close(descriptor)
        throw FileError(path, .write, code: code)
      }
      return descriptor
    }
  }

  /// Checks whether a file could be opened for writing, without creating or changing it.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``FileError`` if it could not.
  package static func checkWritable(path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(path, .write, code: EISDIR) }
      guard access(path, W_OK) == 0 else { throw FileError(path, .write, code: errno) }
      return
    }
    guard errno == ENOENT, !path.isEmpty, !PathText.endsInSlash(path) else {
      throw FileError(path, .write, code: errno)
    }
    guard access(SystemCall.parent(of: path), W_OK | X_OK) == 0 else {
      throw FileError(path, .write, code: errno)
    }
  }

  deinit {
    close(descriptor)
  }

  /// Appends a line, after those that could not be written before.
  ///
  /// - Parameter line: The line, without a line feed.
  /// - Throws: ``FileError`` if writing fails.
  package func append(_ line: some Sequence<UInt8>) throws {
    try state.withLock { state in
      state.pending += line
      state.pending.append(UInt8(ascii: "\n"))
      try flush(&state)
    }
  }

  /// Writes the lines that could not be written before, and synchronises the file to disk.
  ///
  /// - Throws: ``FileError`` if writing fails again.
  package func finish() throws {
    try state.withLock { try flush(&$0) }
    guard isRegular else { return }
    guard SystemCall.retrying({ fsync(descriptor) }) == 0 else {
      throw FileError(path, .write, code: errno)
    }
    try AtomicFile.synchroniseFolder(of: path, path: path)
  }

  private func flush(_ state: inout (written: off_t, pending: [UInt8])) throws {
    do {
      let code = StopSignals.whileWaiting {
        state.pending.withUnsafeBytes { SystemCall.write($0, to: descriptor) }
      }
      if let code { throw FileError(path, .write, code: code) }
      state.written += off_t(state.pending.count)
      state.pending.removeAll()
    } catch {
      if isRegular, ftruncate(descriptor, state.written) == 0 {
        lseek(descriptor, state.written, SEEK_SET)
      }
      throw error
    }
  }
}
