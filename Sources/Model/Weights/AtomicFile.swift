import Glibc
import Parallel

/// A file that is replaced in one piece: written beside its name, synchronised, renamed.
public struct AtomicFile: ~Copyable {
  /// Whose directory a file is in.
  public enum Location: Sendable {
    /// Anybody's: the path is a user's, and a symbolic link in it is meant.
    case anywhere
    /// One that this process has locked: a symbolic link is refused, since somebody else made it.
    case lockedDirectory
  }

  private let path: String
  private let descriptor: Int32

  /// Writes a file through `body`; its old content stays until the new is complete and on disk.
  ///
  /// A file that is replaced keeps its permissions. What killed processes have left in the folder is
  /// removed.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Whose directory it is in.
  ///   - body: Writes the content.
  /// - Throws: `WeightsError` of kind `.unwritable`, and what `body` throws; then nothing is left. Of
  ///   kind `.unsynchronised` where the new file is in its place, but may not be after a crash.
  public static func replace(
    path: String, in location: Location = .anywhere, _ body: (borrowing AtomicFile) throws -> Void
  ) throws {
    try StopSignals.whileWaiting {
      try withTemporary(path: path, in: location) { descriptor, temporary, target in
        TemporaryName.removeLeftovers(in: target.folder)
        if let mode = target.mode { try check(path, fchmod(descriptor, mode)) }
        try body(AtomicFile(path: path, descriptor: descriptor))
        try check(path, SystemCall.retrying { fsync(descriptor) })
        try check(path, SystemCall.retrying { rename(temporary, target.file) })
        if let code = folderFault(of: target.file) {
          throw WeightsError(.unsynchronised, file: path, code: code)
        }
      }
    }
  }

  /// Finds out whether `replace` could start.
  ///
  /// - Parameter path: The file; it is neither made nor changed.
  /// - Throws: `WeightsError` of kind `.unwritable`.
  public static func checkReplaceable(path: String) throws {
    try withTemporary(path: path, in: .anywhere) { _, temporary, _ in
      try check(path, unlink(temporary))
    }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: `WeightsError` of kind `.unwritable`.
  public func write(_ bytes: [UInt8]) throws {
    if let code = bytes.withUnsafeBytes({ SystemCall.write($0, to: descriptor) }) {
      throw WeightsError(.unwritable, file: path, code: code)
    }
  }

  private static func withTemporary(
    path: String, in location: Location,
    _ body: (_ descriptor: Int32, _ temporary: String, _ target: Target) throws -> Void
  ) throws {
    let target = try Target(path, in: location)
    let (descriptor, temporary) = try TemporaryName.open(
      in: target.folder, mode: target.mode ?? 0o666, for: path)
    do {
      defer { close(descriptor) }
      try body(descriptor, temporary, target)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Puts a name on disk that was made or changed; without this a crash of the machine could undo it.
  ///
  /// - Parameters:
  ///   - target: The file or directory of that name.
  ///   - path: What messages call it.
  /// - Throws: `WeightsError` of kind `.unwritable`.
  public static func synchroniseFolder(of target: String, path: String) throws {
    if let code = folderFault(of: target) {
      throw WeightsError(.unwritable, file: path, code: code)
    }
  }

  /// Why the folder of a file cannot be put on disk; nil where it is.
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

  private static func check(_ path: String, _ result: Int32) throws {
    if result < 0 { throw WeightsError(.unwritable, file: path, code: errno) }
  }
}

extension AtomicFile {
  /// The file that a path leads to, which a rename puts another in the place of.
  private struct Target {
    let file: String
    /// The permissions that the file has; nil where there is none yet.
    let mode: mode_t?

    var folder: String { SystemCall.parent(of: file) }

    /// Follows symbolic links where they may be, and refuses what a rename would destroy: a device, a
    /// directory.
    init(_ path: String, in location: Location) throws {
      var status = stat()
      let result = location == .anywhere ? stat(path, &status) : lstat(path, &status)
      guard result == 0 else {
        guard errno == ENOENT, !path.isEmpty, !path.hasSuffix("/") else {
          throw WeightsError(.unwritable, file: path, code: errno)
        }
        file = path
        mode = nil
        return
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw WeightsError(
          .unwritable, file: path, found: InputFile.kind(of: status.st_mode),
          expected: "a regular file")
      }
      mode = status.st_mode & 0o777
      // The rename replaces the name itself, also if it has become a link meanwhile.
      if location == .lockedDirectory {
        file = path
        return
      }
      guard let name = realpath(path, nil) else {
        throw WeightsError(.unwritable, file: path, code: errno)
      }
      defer { free(name) }
      guard let text = String(validatingCString: name) else {
        throw WeightsError(.unwritable, file: path, code: EILSEQ)
      }
      file = text
    }
  }
}
