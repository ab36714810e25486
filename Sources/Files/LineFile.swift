import Glibc

/// A text file to which whole lines are appended, each with one write.
///
/// A line that cannot be written is kept and written before the next one.
package final class LineFile: Sendable {
  private let file: AppendedFile

  /// Opens the file, or creates it.
  ///
  /// Its old content stays until ``clear()``, or until the first line is written: all outputs of a
  /// run are opened before one of them loses anything.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: ``FileError`` if it cannot be written, or if another process has locked it, as each
  ///   that opens it in this way does: they would destroy each other's lines.
  package init(path: String, in location: AtomicFile.Location = .anywhere) throws(FileError) {
    file = try AppendedFile(Self.open(path, location), path: path)
  }

  private static func open(
    _ path: String, _ location: AtomicFile.Location
  ) throws(FileError) -> OpenFile {
    switch location {
    case .anywhere:
      let file = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try OpenFile(path, O_WRONLY | O_CREAT | O_APPEND)
      }
      guard isFree(file) else {
        throw FileError(
          path, .write, found: "a lock of another process, such as another run",
          expected: "a file of its own")
      }
      return file
    case .ownDirectory:
      return try OwnFile.open(path: path, access: O_WRONLY | O_APPEND)
    }
  }

  /// Locks a regular file; false if another process has locked it.
  private static func isFree(_ file: OpenFile) -> Bool {
    do throws(SystemError) {
      // Several runs may write to one pipe.
      guard try file.status.kind == .regular else { return true }
      return try file.lockPatiently()
    } catch {
      // A file system may have no locks.
      return true
    }
  }

  /// Checks whether a file could be opened for writing, without creating or changing it.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``FileError`` if it could not.
  package static func checkWritable(path: String) throws(FileError) {
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      let system = FileSystems.current
      if let status = try system.existing(path) {
        guard status.kind != .folder else { throw SystemError(code: EISDIR) }
        return try system.checkAccess(path, W_OK)
      }
      guard !path.isEmpty, !PathText.endsInSlash(path) else { throw SystemError(code: ENOENT) }
      try system.checkAccess(PathText.parent(of: path), W_OK | X_OK)
    }
  }

  /// Removes the content that the file had when it was opened.
  ///
  /// - Throws: ``FileError``.
  package func clear() throws(FileError) { try file.clear() }

  /// Appends a line, after those that could not be written before.
  ///
  /// - Parameter line: The line, without a line feed.
  /// - Throws: ``FileError`` if writing fails.
  package func append(_ line: some Sequence<UInt8>) throws(FileError) {
    try file.append(Array(line) + [UInt8(ascii: "\n")])
  }

  /// Writes the lines that could not be written before, and synchronizes the file to disk.
  ///
  /// - Throws: ``FileError`` if writing fails again, the file cannot be synchronized, or its path no
  ///   longer leads to it.
  package func finish() throws(FileError) { try file.synchronize() }
}
