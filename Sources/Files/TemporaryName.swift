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
      // Another process may have found the file before it was locked, and removes it.
      if !isTaken(file), leads(name, to: file, kind: .regular) { return (file, name) }
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
      if try file.lock(), leads(path, to: file, kind: kind) { try remove(file) }
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

  /// Whether another process has locked a new file or folder.
  ///
  /// On a file system without locks no process removes anything.
  static func isTaken(_ file: OpenFile) -> Bool {
    do throws(SystemError) {
      return try !file.lock()
    } catch {
      return false
    }
  }

  /// Whether a path leads to an open file or folder.
  static func leads(_ path: String, to file: OpenFile, kind: FileStatus.Kind) -> Bool {
    do throws(SystemError) {
      let named = try FileSystems.current.status(path, followingLink: false)
      let opened = try file.status
      return named.identity == opened.identity && opened.kind == kind
    } catch {
      return false
    }
  }
}
