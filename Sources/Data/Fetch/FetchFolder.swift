import Files
import Glibc
import ImageData

/// The directory of a fetch, which is created if it does not exist; one fetch at a time writes to
/// it.
///
/// The directory itself is locked, so the lock leaves no file and ends with the process. Where a
/// file system locks no directories, as NFS, fetches do not wait for each other.
final class FetchFolder {
  /// The directory, and the name of the data set.
  let location: DatasetLocation
  /// What was created.
  private let made: NewFolders
  /// The locked directory; nil if it cannot be locked.
  private let lock: OpenFile?

  /// How often the directory is created: no other fetch fails that often meanwhile.
  private static let attempts = 5
  /// The microseconds between two attempts to lock it.
  private static let interval: UInt32 = 20_000

  /// Creates the directory, and waits until no other fetch writes to it.
  ///
  /// - Parameters:
  ///   - location: The directory, and the name of the data set.
  ///   - patience: The longest wait, in seconds.
  ///   - waiting: Called once if it has to wait.
  /// - Throws: `DataError` of kind `unwritable`, also after a wait without success, or `refused`.
  init(
    _ location: DatasetLocation, patience: Double, waiting: () -> Void = {}
  ) throws(DataError) {
    self.location = location
    (made, lock) = try DataError.writing { () throws(FileError) in
      try Self.locked(location.directory, patience, waiting)
    }
  }

  /// Creates a file that appears complete.
  ///
  /// - Parameter name: Its final name.
  /// - Returns: The file, which is empty.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  func newFile(_ name: String) throws(DataError) -> AtomicFile {
    try DataError.writing { () throws(FileError) in
      try AtomicFile(path: location.path(name), in: .ownDirectory)
    }
  }

  /// Checks whether files could be written, before a download that would be in vain.
  ///
  /// - Parameter names: Their final names.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  func checkReplaceable(_ names: [String]) throws(DataError) {
    for name in names {
      try DataError.writing { () throws(FileError) in
        try AtomicFile.checkReplaceable(path: location.path(name), in: .ownDirectory)
      }
    }
  }

  /// Removes the created directories that are empty.
  func removeIfEmpty() { made.removeIfEmpty() }

  /// Makes the directory if there is none, and locks it.
  private static func locked(
    _ path: String, _ patience: Double, _ waiting: () -> Void
  ) throws(FileError) -> (NewFolders, OpenFile?) {
    var attempt = 1
    var folders = try NewFolders(path: path)
    while true {
      do throws(FileError) {
        let folder = try opened(path, patience, waiting)
        // A fetch that failed may have removed what was opened here.
        let isInPlace = try leads(path, to: folder)
        if isInPlace || attempt == attempts { return (folders, folder) }
      } catch {
        // Or it has removed the directory before it was opened.
        guard error.reason == .system(ENOENT), attempt < attempts else {
          folders.removeIfEmpty()
          throw error
        }
      }
      attempt += 1
      folders = try NewFolders(path: path, after: folders)
    }
  }

  /// Opens the directory and waits for its lock; nil if it cannot be opened because it is writable,
  /// but not readable.
  private static func opened(
    _ path: String, _ patience: Double, _ waiting: () -> Void
  ) throws(FileError) -> OpenFile? {
    let folder: OpenFile
    do throws(SystemError) {
      folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    } catch {
      if error.code == EACCES { return nil }
      throw FileError(path, .lock, code: error.code)
    }
    let end = ContinuousClock.now + .seconds(patience)
    var hasWaited = false
    while !hasLock(folder) {
      if !hasWaited { waiting() }
      hasWaited = true
      guard ContinuousClock.now < end else {
        throw FileError(
          path, .lock, found: "another fetch that writes to it",
          expected: "its end within \(patience) s")
      }
      usleep(interval)
    }
    return folder
  }

  private static func hasLock(_ folder: OpenFile) -> Bool {
    do throws(SystemError) {
      return try folder.lock()
    } catch {
      // On a file system without locks no fetch waits.
      return true
    }
  }

  /// Whether the path leads to the open directory, if it could be opened.
  private static func leads(
    _ path: String, to folder: OpenFile?
  ) throws(FileError) -> Bool {
    guard let folder else { return true }
    return try FileError.wrapping(path, .lock) { () throws(SystemError) in
      let opened = try folder.status.identity
      return try FileSystems.current.existing(path)?.identity == opened
    }
  }
}
