import Glibc

/// A folder that is created with its parents, and removed again if nothing was written to it.
package struct NewFolders: Sendable {
  /// The folder.
  package let path: String
  /// The folders that were created, the innermost first.
  private let made: [String]

  /// Creates the folder and its parents if they do not exist; a crash of the machine cannot undo it.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - earlier: What was created for the same path before, of which another process may have
  ///     removed some; it is removed with the others.
  /// - Throws: ``FileError``. No folder is left then.
  package init(path: String, after earlier: NewFolders? = nil) throws(FileError) {
    self.path = path
    let missing = try Self.missing(in: path)
    try Self.requireFolder(missing.first.map(PathText.parent) ?? path, for: path)
    var made: [String] = []
    do throws(SystemError) {
      for folder in missing where try Self.make(folder) {
        made.insert(folder, at: 0)
        try FileSystems.current.synchronizeName(folder)
      }
    } catch {
      Self.remove(made)
      throw FileError(path, .write, code: error.code)
    }
    self.made = made + (earlier?.made ?? []).filter { !made.contains($0) }
    try Self.requireFolder(path, for: path)
  }

  /// How often a folder is made that other processes remove again.
  private static let attempts = 5

  /// Makes a folder if there is none, and opens or locks something in it.
  ///
  /// Another process may remove an empty folder that it has made, before or after it is opened here.
  /// The folder is then made again.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - open: Opens the folder, or something in it.
  ///   - isInPlace: Whether the path still leads to what was opened.
  /// - Returns: What was made, and what was opened.
  /// - Throws: What `open` and `isInPlace` throw, and ``FileError``; also if the folder is removed
  ///   again and again.
  package static func making<Opened>(
    _ path: String, _ open: () throws -> Opened, isInPlace: (Opened) throws -> Bool
  ) throws -> (folders: NewFolders, opened: Opened) {
    var folders: NewFolders?
    var failure = FileError(path, .write, code: ENOENT)
    for _ in 0..<attempts {
      do {
        let made = try NewFolders(path: path, after: folders)
        folders = made
        let opened = try open()
        if try isInPlace(opened) { return (made, opened) }
      } catch let error as FileError where error.reason == .system(ENOENT) {
        failure = error
      } catch {
        folders?.removeIfEmpty()
        throw error
      }
    }
    folders?.removeIfEmpty()
    throw failure
  }

  /// Creates a folder; false if another process has just created it.
  private static func make(_ folder: String) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try retrying { () throws(SystemError) in
        try FileSystems.current.makeFolder(folder, mode: 0o777)
      }
      return true
    } catch  where error.code == EEXIST {
      return false
    }
  }

  /// Checks whether ``init(path:)`` could create the folder, and files could be written to it;
  /// creates nothing.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``.
  package static func check(path: String) throws(FileError) {
    let existing = try missing(in: path).first.map(PathText.parent) ?? path
    try requireFolder(existing, for: path)
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.checkAccess(existing, W_OK | X_OK)
    }
  }

  /// Whether the folder did not exist before.
  package var isNew: Bool { !made.isEmpty }

  /// Removes the created folders that are empty.
  package func removeIfEmpty() { Self.remove(made) }

  private static func remove(_ made: [String]) {
    do throws(SystemError) {
      for folder in made { try FileSystems.current.removeFolder(folder) }
    } catch {
      // Another process has put something into it.
    }
  }

  /// The folders of a path that do not exist, the outermost first.
  private static func missing(in path: String) throws(FileError) -> [String] {
    var missing: [String] = []
    var folder = PathNames.absolute(path)
    while folder != "/", try !exists(folder, for: path) {
      missing.append(folder)
      folder = PathText.parent(of: folder)
    }
    return missing.reversed()
  }

  private static func exists(_ folder: String, for path: String) throws(FileError) -> Bool {
    do throws(SystemError) {
      return try FileSystems.current.existing(folder) != nil
    } catch {
      // A file is in the place of one of its parents, which is found there.
      if error.code == ENOTDIR { return false }
      throw FileError(path, .write, code: error.code)
    }
  }

  private static func requireFolder(_ folder: String, for path: String) throws(FileError) {
    let status = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.status(folder, followingLink: true)
    }
    guard status.kind == .folder else {
      throw FileError(
        path, .write, found: status.kind == .regular ? "a file" : status.kind.description,
        expected: "a directory")
    }
  }
}
