import Glibc
import Synchronization

/// A file that is replaced atomically: written under a temporary name, synchronised, then renamed.
///
/// Its owner calls ``commit()`` once, or ``discard()``.
package final class AtomicFile: Sendable {
  /// Who may change the directory that a file is in.
  package enum Location: Sendable {
    /// Any process.
    ///
    /// The path is the user's, so symbolic links are followed.
    case anywhere
    /// Only this process, which has locked it.
    ///
    /// A symbolic link was made by another program and is refused.
    case lockedDirectory
  }

  /// The temporary path of the file until ``commit()``.
  package let temporary: String
  private let path: String
  private let target: Target
  private let descriptor: Int32
  private let isSettled = Atomic(false)

  /// Creates an empty file next to the final name, with the permissions of the file that it
  /// replaces.
  ///
  /// Files that killed processes left in the folder are removed.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: ``FileError``.
  package convenience init(path: String, in location: Location = .anywhere) throws(FileError) {
    try self.init(path: path, in: location, removesLeftovers: true)
  }

  private init(path: String, in location: Location, removesLeftovers: Bool) throws(FileError) {
    target = try Target(path, in: location)
    // Before its own file is made: on a file system without locks that one would look like a
    // leftover.
    if removesLeftovers { TemporaryName.removeLeftovers(in: target.folder) }
    (descriptor, temporary) = try TemporaryName.open(
      in: target.folder, mode: target.mode ?? 0o666, for: path)
    self.path = path
    if let mode = target.mode { try Self.check(path, fchmod(descriptor, mode)) }
  }

  deinit {
    discard()
    close(descriptor)
  }

  /// Replaces a file by what `body` writes.
  ///
  /// The old content stays until the new one is complete and on disk.
  ///
  /// A file that is replaced keeps its permissions.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Who may change the directory that it is in.
  ///   - body: Writes the content.
  /// - Throws: ``FileError``, and what `body` throws. On an error the old file is unchanged.
  package static func replace(
    path: String, in location: Location = .anywhere, _ body: (AtomicFile) throws -> Void
  ) throws {
    try StopSignals.whileWaiting {
      let file = try AtomicFile(path: path, in: location)
      defer { file.discard() }
      try body(file)
      try file.commit()
    }
  }

  /// Checks whether ``replace(path:in:_:)`` could start.
  ///
  /// - Parameter path: The file; it is neither created nor changed.
  /// - Throws: ``FileError``.
  package static func checkReplaceable(path: String) throws(FileError) {
    let file = try AtomicFile(path: path, in: .anywhere, removesLeftovers: false)
    // A folder may allow creating names but not removing them.
    try check(path, unlink(file.temporary))
    file.isSettled.store(true, ordering: .relaxed)
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``FileError``.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    if let code = bytes.withUnsafeBytes({ SystemCall.write($0, to: descriptor) }) {
      throw FileError(path, .write, code: code)
    }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``FileError``.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let code = SystemCall.write(bytes, to: descriptor) {
      throw FileError(path, .write, code: code)
    }
  }

  /// Synchronizes the bytes to disk and renames the file to its final name.
  ///
  /// - Throws: ``FileError``. Its operation is `synchroniseFolder` if the new file is in place, but
  ///   a crash of the machine could undo the rename.
  package func commit() throws(FileError) {
    try Self.check(path, SystemCall.retrying { fsync(descriptor) })
    try Self.check(path, SystemCall.retrying { rename(temporary, target.file) })
    isSettled.store(true, ordering: .relaxed)
    if let code = Self.folderFault(of: target.file) {
      throw FileError(path, .synchroniseFolder, code: code)
    }
  }

  /// Removes the file, unless it was committed.
  ///
  /// Called explicitly rather than left to `deinit`, since a caller's reference may live longer.
  package func discard() {
    if !isSettled.exchange(true, ordering: .relaxed) { unlink(temporary) }
  }

  /// Synchronizes a folder to disk, so that a crash of the machine cannot undo a new or changed
  /// name in it.
  ///
  /// - Parameters:
  ///   - target: The file or directory of that name.
  ///   - path: The path that messages name.
  /// - Throws: ``FileError``.
  package static func synchroniseFolder(of target: String, path: String) throws(FileError) {
    if let code = folderFault(of: target) { throw FileError(path, .write, code: code) }
  }

  /// Why the folder of a file cannot be synchronised; nil if it can.
  static func folderFault(of target: String) -> Int32? {
    let descriptor = SystemCall.retrying {
      open(SystemCall.parent(of: target) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    // A folder that is writable but not readable cannot be opened to be synchronised.
    if descriptor < 0 { return errno == EACCES ? nil : errno }
    defer { close(descriptor) }
    return SystemCall.synchroniseFolder(descriptor)
  }

  private static func check(_ path: String, _ result: Int32) throws(FileError) {
    if result < 0 { throw FileError(path, .write, code: errno) }
  }
}

extension AtomicFile {
  /// The file that a path leads to, which the rename replaces.
  private struct Target {
    let file: String
    /// The permissions of the existing file; nil if there is none.
    let mode: mode_t?

    var folder: String { SystemCall.parent(of: file) }

    /// Follows symbolic links if that is allowed, and refuses what a rename would destroy: a device
    /// or a directory.
    init(_ path: String, in location: Location) throws(FileError) {
      var status = stat()
      let result = location == .anywhere ? stat(path, &status) : lstat(path, &status)
      guard result == 0 else {
        guard errno == ENOENT, !path.isEmpty, !PathText.endsInSlash(path) else {
          throw FileError(path, .write, code: errno)
        }
        file = path
        mode = nil
        return
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw FileError(
          path, .write, found: InputFile.kind(of: status.st_mode), expected: "a regular file")
      }
      mode = status.st_mode & 0o777
      // The rename replaces the name itself, even if it has become a link in the meantime.
      if location == .lockedDirectory {
        file = path
        return
      }
      guard let name = realpath(path, nil) else { throw FileError(path, .write, code: errno) }
      defer { free(name) }
      guard let text = String(validatingCString: name) else {
        throw FileError(path, .write, code: EILSEQ)
      }
      file = text
    }
  }
}
