import Glibc
import Synchronization

/// A file that is replaced in one piece: written beside its name, synchronised, renamed.
///
/// Its owner calls ``commit()`` once, or ``discard()``.
package final class AtomicFile: Sendable {
  /// Whose directory a file is in.
  package enum Location: Sendable {
    /// Anybody's: the path is a user's, and a symbolic link in it is meant.
    case anywhere
    /// One that this process has locked: a symbolic link is refused, since somebody else made it.
    case lockedDirectory
  }

  /// Where the bytes are until ``commit()``.
  package let temporary: String
  private let path: String
  private let target: Target
  private let descriptor: Int32
  private let isSettled = Atomic(false)

  /// Creates an empty file beside the final name, with the permissions of the file that it replaces.
  ///
  /// What killed processes have left in the folder is removed.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Whose directory it is in.
  /// - Throws: ``FileError``.
  package convenience init(path: String, in location: Location = .anywhere) throws(FileError) {
    try self.init(path: path, in: location, removesLeftovers: true)
  }

  private init(path: String, in location: Location, removesLeftovers: Bool) throws(FileError) {
    target = try Target(path, in: location)
    // Before its own, which has no lock on a file system without locks.
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

  /// Writes a file through `body`; its old content stays until the new is complete and on disk.
  ///
  /// A file that is replaced keeps its permissions.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Whose directory it is in.
  ///   - body: Writes the content.
  /// - Throws: ``FileError``, and what `body` throws; then nothing is left.
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

  /// Finds out whether ``replace(path:in:_:)`` could start.
  ///
  /// - Parameter path: The file; it is neither made nor changed.
  /// - Throws: ``FileError``.
  package static func checkReplaceable(path: String) throws(FileError) {
    let file = try AtomicFile(path: path, in: .anywhere, removesLeftovers: false)
    // A name that cannot be removed would stay.
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

  /// Puts the bytes on disk and gives the file its name.
  ///
  /// - Throws: ``FileError``; of operation `synchroniseFolder` if the new file is in its place, but may
  ///   not be after a crash.
  package func commit() throws(FileError) {
    try Self.check(path, SystemCall.retrying { fsync(descriptor) })
    try Self.check(path, SystemCall.retrying { rename(temporary, target.file) })
    isSettled.store(true, ordering: .relaxed)
    if let code = Self.folderFault(of: target.file) {
      throw FileError(path, .synchroniseFolder, code: code)
    }
  }

  /// Removes the file, unless it has its name already.
  ///
  /// Not left to the end of its life: whoever writes to it may hold it a while longer.
  package func discard() {
    if !isSettled.exchange(true, ordering: .relaxed) { unlink(temporary) }
  }

  /// Puts a name on disk that was made or changed; without this a crash of the machine could undo it.
  ///
  /// - Parameters:
  ///   - target: The file or directory of that name.
  ///   - path: What messages call it.
  /// - Throws: ``FileError``.
  package static func synchroniseFolder(of target: String, path: String) throws(FileError) {
    if let code = folderFault(of: target) { throw FileError(path, .write, code: code) }
  }

  /// Why the folder of a file cannot be put on disk; nil if it is.
  private static func folderFault(of target: String) -> Int32? {
    let descriptor = SystemCall.retrying {
      open(SystemCall.parent(of: target) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    // A folder may be writable without being readable: it cannot be synchronised then.
    if descriptor < 0 { return errno == EACCES ? nil : errno }
    defer { close(descriptor) }
    // EINVAL: the file system has no such operation for folders.
    return SystemCall.retrying({ fsync(descriptor) }) == 0 || errno == EINVAL ? nil : errno
  }

  private static func check(_ path: String, _ result: Int32) throws(FileError) {
    if result < 0 { throw FileError(path, .write, code: errno) }
  }
}

extension AtomicFile {
  /// The file that a path leads to, which a rename replaces.
  private struct Target {
    let file: String
    /// The permissions that the file has; nil if there is none yet.
    let mode: mode_t?

    var folder: String { SystemCall.parent(of: file) }

    /// Follows symbolic links where they may be, and refuses what a rename would destroy: a device, a
    /// directory.
    init(_ path: String, in location: Location) throws(FileError) {
      var status = stat()
      let result = location == .anywhere ? stat(path, &status) : lstat(path, &status)
      guard result == 0 else {
        guard errno == ENOENT, !path.isEmpty, !path.hasSuffix("/") else {
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
      // The rename replaces the name itself, also if it has become a link meanwhile.
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
