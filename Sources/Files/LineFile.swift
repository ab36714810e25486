import Glibc

/// A text file to which whole lines are appended, each with one write.
///
/// A line that cannot be written is kept and written before the next one.
package final class LineFile: Sendable {
  private let file: AppendedFile

  /// Opens the file and truncates it if it exists.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(path: String, in location: AtomicFile.Location = .anywhere) throws(FileError) {
    file = try AppendedFile(Self.open(path, location), path: path)
  }

  private static func open(
    _ path: String, _ location: AtomicFile.Location
  ) throws(FileError) -> OpenFile {
    switch location {
    case .anywhere:
      return try FileError.wrapping(path, .write) { () throws(SystemError) in
        try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
      }
    case .ownDirectory:
      // Truncated only after it is known to belong to this program.
      let file = try OwnFile.open(path: path, access: O_WRONLY | O_APPEND)
      try FileError.wrapping(path, .write) { () throws(SystemError) in try file.truncate(to: 0) }
      return file
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

  /// Appends a line, after those that could not be written before.
  ///
  /// - Parameter line: The line, without a line feed.
  /// - Throws: ``FileError`` if writing fails.
  package func append(_ line: some Sequence<UInt8>) throws(FileError) {
    try file.append(Array(line) + [UInt8(ascii: "\n")])
  }

  /// Writes the lines that could not be written before, and synchronizes the file to disk.
  ///
  /// - Throws: ``FileError`` if writing fails again, or the file cannot be synchronized.
  package func finish() throws(FileError) { try file.synchronize() }
}
