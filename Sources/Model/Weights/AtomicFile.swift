import Glibc

/// A file that is replaced in one piece: written beside its name, synchronised, renamed.
public struct AtomicFile: ~Copyable {
  /// Whose directory a file is in.
  public enum Location: Sendable {
    /// Anybody's: the path is a user's, and a symbolic link in it is meant.
    case anywhere
    /// One that this process has locked: a symbolic link is refused, since somebody else made it,
    /// and ``removeLeftovers(in:)`` may remove what a killed process has left.
    case lockedDirectory

    /// How the names of temporary files begin.
    var temporaryPrefix: String {
      switch self {
      case .anywhere: ".trainer-"
      case .lockedDirectory: ".trainer-run-"
      }
    }
  }

  private let path: String
  private let descriptor: Int32

  /// Writes a file through `body`; its old content stays until the new is complete and on disk.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Whose directory it is in.
  ///   - body: Writes the content.
  /// - Throws: `WeightsError` of kind `.unwritable`, and what `body` throws; then nothing is left.
  public static func replace(
    path: String, in location: Location = .anywhere, _ body: (borrowing AtomicFile) throws -> Void
  ) throws {
    try withTemporary(path: path, in: location) { descriptor, temporary, target in
      try body(AtomicFile(path: path, descriptor: descriptor))
      try check(path, fsync(descriptor))
      try check(path, rename(temporary, target))
      try synchroniseFolder(of: target, path: path)
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
    try bytes.withUnsafeBytes { raw in
      var rest = raw[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        try Self.check(path, count < 0 ? -1 : 0)
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func withTemporary(
    path: String, in location: Location,
    _ body: (_ descriptor: Int32, _ temporary: String, _ target: String) throws -> Void
  ) throws {
    let target = try resolved(path, in: location)
    // A name of fixed length: one derived from the target's could be too long.
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = folder(of: target) + "/\(location.temporaryPrefix)\(getpid())-\(random).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    try check(path, descriptor)
    do {
      defer { close(descriptor) }
      try body(descriptor, temporary, target)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Follows symbolic links where they may be, and refuses what a rename would destroy: a device, a
  /// directory.
  private static func resolved(_ path: String, in location: Location) throws -> String {
    var status = stat()
    let result = location == .anywhere ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else {
      if errno == ENOENT, !path.isEmpty, !path.hasSuffix("/") { return path }
      throw unwritable(path, found: InputFile.text(of: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw unwritable(path, found: InputFile.kind(of: status.st_mode))
    }
    // The rename replaces the name itself, also if it has become a link meanwhile.
    if location == .lockedDirectory { return path }
    guard let name = realpath(path, nil) else {
      throw unwritable(path, found: InputFile.text(of: errno))
    }
    defer { free(name) }
    return String(cString: name)
  }

  private static func folder(of target: String) -> String {
    guard let slash = target.lastIndex(of: "/") else { return "." }
    return String(target[..<slash])
  }

  /// Puts a name on disk that was made or changed; a crash of the machine could undo it otherwise.
  ///
  /// - Parameters:
  ///   - target: The file or directory of that name.
  ///   - path: What messages call it.
  /// - Throws: `WeightsError` of kind `.unwritable`.
  public static func synchroniseFolder(of target: String, path: String) throws {
    let descriptor = open(folder(of: target) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be writable without being readable: it cannot be synchronised then.
    if descriptor < 0, errno == EACCES { return }
    try check(path, descriptor)
    defer { close(descriptor) }
    // EINVAL: the file system has no such operation for folders.
    if fsync(descriptor) != 0, errno != EINVAL { try check(path, -1) }
  }

  private static func check(_ path: String, _ result: Int32) throws {
    if result < 0 { throw unwritable(path, found: InputFile.text(of: errno)) }
  }

  private static func unwritable(_ path: String, found: String) -> WeightsError {
    WeightsError(.unwritable, file: path, found: found, expected: "a file that can be written")
  }
}
