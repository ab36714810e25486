import Glibc
import Synchronization

/// A file that is replaced atomically: written under a temporary name, synchronized, then renamed.
///
/// Its owner calls ``commit()`` once, or ``discard()``.
package final class AtomicFile: Sendable {
  /// Whose directory a file is in.
  package enum Location: Sendable {
    /// Anyone's: the user has named the file, so symbolic links are followed.
    case anywhere
    /// The trainer's own, in which it names the files: a symbolic link was made by another program
    /// and is refused.
    case ownDirectory
  }

  /// The path of the file, as it was given.
  package let path: String
  /// The temporary path of the file until ``commit()``.
  package let temporary: String
  private let target: Target
  private let file: OpenFile
  private let isSettled = Atomic(false)

  /// Creates an empty file next to the final name, with the permissions of the file that it
  /// replaces.
  ///
  /// Files that killed processes left in the folder are removed.
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
    // Before its own file is made: on a file system without locks that one would look like a
    // leftover.
    if removesLeftovers { TemporaryName.removeLeftovers(in: target.folder) }
    (file, temporary) = try TemporaryName.open(
      in: target.folder, mode: target.mode ?? 0o666, for: path)
    self.path = path
    guard let mode = target.mode else { return }
    try FileError.wrapping(path, .write) { [file] () throws(SystemError) in
      try file.setPermissions(mode)
    }
  }

  deinit { discard() }

  /// Replaces a file by what `body` writes.
  ///
  /// The old content stays until the new one is complete and on disk.
  ///
  /// A file that is replaced keeps its permissions.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link's target is replaced, not the link.
  ///   - location: Whose directory it is in.
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
  /// - Parameters:
  ///   - path: The file; it is neither created nor changed.
  ///   - location: Whose directory it is in.
  /// - Throws: ``FileError``.
  package static func checkReplaceable(
    path: String, in location: Location = .anywhere
  ) throws(FileError) {
    let file = try AtomicFile(path: path, in: location, removesLeftovers: false)
    // A folder may allow creating names but not removing them.
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.remove(file.temporary)
    }
    file.isSettled.store(true, ordering: .relaxed)
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``FileError``.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``FileError``.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try FileError.wrapping(path, .write) { () throws(SystemError) in try file.write(bytes) }
  }

  /// Waits until the bytes are on disk.
  ///
  /// - Throws: ``FileError``.
  package func synchronize() throws(FileError) {
    try FileError.wrapping(path, .write) { () throws(SystemError) in try file.synchronize() }
  }

  /// Synchronizes the bytes to disk and renames the file to its final name.
  ///
  /// - Throws: ``FileError``, also if the temporary name leads to something else by now. Its
  ///   operation is `synchronizeFolder` if the new file is in place, but a crash of the machine
  ///   could undo the rename.
  package func commit() throws(FileError) {
    try synchronize()
    try requireOwnName()
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try retrying { () throws(SystemError) in
        try FileSystems.current.rename(temporary, target.file)
      }
    }
    isSettled.store(true, ordering: .relaxed)
    try Self.synchronizeFolder(of: target.file, path: path, .synchronizeFolder)
  }

  /// Removes the file, unless it was committed.
  ///
  /// Called explicitly rather than left to `deinit`, since a caller's reference may live longer.
  package func discard() {
    if isSettled.exchange(true, ordering: .relaxed) { return }
    TemporaryName.removeIfPresent(temporary)
  }

  /// Synchronizes a folder to disk, so that a crash of the machine cannot undo a new or changed
  /// name in it.
  ///
  /// - Parameters:
  ///   - target: The file or directory of that name.
  ///   - path: The path that messages name.
  ///   - operation: The operation that messages name.
  /// - Throws: ``FileError``.
  package static func synchronizeFolder(
    of target: String, path: String, _ operation: FileError.Operation = .write
  ) throws(FileError) {
    try FileError.wrapping(path, operation) { () throws(SystemError) in
      try FileSystems.current.synchronizeName(target)
    }
  }
}

// MARK: - In a folder that others may write to

extension AtomicFile {
  /// A path that leads to the file itself: its temporary name may lead to something else by now.
  package var descriptorPath: String { file.descriptorPath }

  /// Makes a descriptor for a library that writes the content.
  ///
  /// - Returns: The descriptor, which the caller closes.
  /// - Throws: ``FileError``.
  package func duplicateDescriptor() throws(FileError) -> Int32 {
    try FileError.wrapping(path, .write) { () throws(SystemError) in try file.duplicate() }
  }

  /// Checks that the temporary name still leads to the file: nothing else may get the final name.
  private func requireOwnName() throws(FileError) {
    let isOwn = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try TemporaryName.leads(temporary, to: file, kind: .regular)
    }
    guard isOwn else {
      throw FileError(
        path, .write, found: "something else in the place of its temporary file",
        expected: "the file that was written")
    }
  }

  /// The file that a path leads to, which the rename replaces.
  private struct Target {
    let file: String
    /// The permissions of the existing file; nil if there is none.
    let mode: mode_t?

    var folder: String { PathText.parent(of: file) }

    /// Follows symbolic links if that is allowed, and refuses what a rename would destroy: a device
    /// or a directory.
    init(_ path: String, in location: Location) throws(FileError) {
      let system = FileSystems.current
      let existing = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try system.existing(path, followingLink: location == .anywhere)
      }
      guard let existing else {
        guard !path.isEmpty, !PathText.endsInSlash(path) else {
          throw FileError(path, .write, code: ENOENT)
        }
        if location == .anywhere { try Self.requireNoLink(path) }
        file = path
        mode = nil
        return
      }
      guard existing.kind == .regular else {
        throw FileError(
          path, .write, found: existing.kind.description, expected: "a regular file")
      }
      mode = existing.permissions & 0o777
      // The rename replaces the name itself, even if it has become a link in the meantime.
      file =
        location == .ownDirectory
        ? path
        : try FileError.wrapping(path, .write) { () throws(SystemError) in
          try system.realPath(path)
        }
    }

    /// Refuses a symbolic link that leads nowhere: the rename would replace the link.
    private static func requireNoLink(_ path: String) throws(FileError) {
      let link = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try FileSystems.current.existing(path, followingLink: false)
      }
      guard link == nil else {
        throw FileError(
          path, .write, found: "a symbolic link that leads nowhere", expected: "a regular file")
      }
    }
  }
}
