import Glibc

/// A folder that is created with its parents, and removed again if nothing was written to it.
package struct NewFolders: Sendable {
  /// The folder.
  package let path: String
  /// The folders that were created, the innermost first.
  private let made: [String]

  /// Creates the folder and its parents if they do not exist.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``. No folder is left then.
  package init(path: String) throws(FileError) {
    self.path = path
    let missing = Self.missing(in: path)
    try Self.requireFolder(missing.first.map(SystemCall.parent) ?? path, for: path)
    var made: [String] = []
    for folder in missing {
      if mkdir(folder, 0o777) == 0 {
        made.insert(folder, at: 0)
      } else if errno != EEXIST {
        let code = errno
        Self.remove(made)
        throw FileError(path, .write, code: code)
      }
    }
    self.made = made
    try Self.requireFolder(path, for: path)
  }

  /// Checks whether ``init(path:)`` could create the folder, and files could be written to it; creates
  /// nothing.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``.
  package static func check(path: String) throws(FileError) {
    let existing = missing(in: path).first.map(SystemCall.parent) ?? path
    try requireFolder(existing, for: path)
    guard access(existing, W_OK | X_OK) == 0 else { throw FileError(path, .write, code: errno) }
  }

  /// Removes the created folders that are empty.
  package func removeIfEmpty() { Self.remove(made) }

  private static func remove(_ made: [String]) {
    for folder in made {
      guard rmdir(folder) == 0 else { return }
    }
  }

  /// The folders of a path that do not exist, the outermost first.
  private static func missing(in path: String) -> [String] {
    var missing: [String] = []
    var folder = PathNames.absolute(path)
    while !exists(folder), folder != "/" {
      missing.append(folder)
      folder = SystemCall.parent(of: folder)
    }
    return missing.reversed()
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
  }

  private static func requireFolder(_ folder: String, for path: String) throws(FileError) {
    var status = stat()
    guard stat(folder, &status) == 0 else { throw FileError(path, .write, code: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(
        path, .write,
        found: status.st_mode & S_IFMT == S_IFREG ? "a file" : InputFile.kind(of: status.st_mode),
        expected: "a directory")
    }
  }
}
