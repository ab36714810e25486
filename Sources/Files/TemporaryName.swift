import Glibc

/// Temporary names of files that are being written, in the folder of their final names.
///
/// Each file is locked by the process that writes it, and the lock ends with that process. So a
/// file with such a name and no lock is a leftover, on this machine and on others.
package enum TemporaryName {
  private static let prefix = ".trainer-"
  private static let suffix = ".tmp"

  /// Creates a file with a unique temporary name.
  ///
  /// - Parameters:
  ///   - folder: The folder to create it in.
  ///   - mode: The permissions of the new file, before the umask.
  ///   - path: The path that messages name.
  /// - Returns: The file, open for writing and locked, and its path.
  /// - Throws: ``FileError``.
  static func open(
    in folder: String, mode: mode_t, for path: String
  ) throws(FileError) -> (OpenFile, String) {
    while true {
      let name = unique(in: folder)
      let file = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try OpenFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
      }
      do throws(SystemError) {
        // Another process may have found the file before it was locked, and removes it.
        if try isOwn(file, name, kind: .regular) { return (file, name) }
      } catch {
        removeIfPresent(name)
        throw FileError(path, .write, code: error.code)
      }
    }
  }

  /// Removes the files that killed processes left.
  ///
  /// Files that cannot be removed stay.
  ///
  /// - Parameter folder: The folder.
  package static func removeLeftovers(in folder: String) {
    for name in leftoverNames(in: folder) {
      let path = folder + "/" + name
      removeLeftover(path, flags: O_WRONLY | O_NONBLOCK, kind: .regular) { _ throws(SystemError) in
        try FileSystems.current.remove(path)
      }
    }
  }

  /// Removes what a killed process left, if it can be removed.
  ///
  /// - Parameters:
  ///   - path: The file or folder.
  ///   - flags: How it is opened.
  ///   - kind: What it is.
  ///   - remove: Removes it.
  static func removeLeftover(
    _ path: String, flags: Int32, kind: FileStatus.Kind,
    by remove: (OpenFile) throws(SystemError) -> Void
  ) {
    do throws(SystemError) {
      let file = try OpenFile(path, flags | O_NOFOLLOW)
      // A file that was just renamed may still be listed under its old name.
      if try file.lock(), try leads(path, to: file, kind: kind) { try remove(file) }
    } catch {
      // It stays, and the next run tries again.
    }
  }

  /// A new name in a folder.
  static func unique(in folder: String) -> String {
    // A name of fixed length: one derived from the final name could be too long.
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    return "\(folder)/\(prefix)\(getpid())-\(random)\(suffix)"
  }

  /// The temporary names in a folder, in use or left.
  static func leftoverNames(in folder: String) -> [String] {
    // In a folder that cannot be listed no leftovers are found.
    let names = (try? FileSystems.current.names(in: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
  }

  /// Locks a new file or folder.
  ///
  /// - Returns: Whether it still has its name; false if another process has locked or removed it.
  /// - Throws: ``SystemError`` if the system does not tell.
  static func isOwn(
    _ file: OpenFile, _ name: String, kind: FileStatus.Kind
  ) throws(SystemError) -> Bool {
    // On a file system without locks no process removes anything.
    guard file.lockIfPossible() else { return false }
    return try leads(name, to: file, kind: kind)
  }

  /// Whether a path leads to an open file or folder.
  static func leads(
    _ path: String, to file: OpenFile, kind: FileStatus.Kind
  ) throws(SystemError) -> Bool {
    let opened = try file.status
    let named = try FileSystems.current.existing(path, followingLink: false)
    return named?.identity == opened.identity && opened.kind == kind
  }

  /// Removes a file after an error that its own would hide; if that fails, a temporary file is
  /// removed by the next one that is written to its folder.
  package static func removeIfPresent(_ name: String) {
    do throws(SystemError) {
      try FileSystems.current.removeIfPresent(name)
    } catch {
      return
    }
  }
}
