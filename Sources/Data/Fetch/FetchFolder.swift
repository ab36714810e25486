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
  /// The locked directory; nil if it cannot be read.
  private let lock: OpenFile?

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
    let (path, end) = (location.directory, ContinuousClock.now + .seconds(patience))
    var hasWaited = false
    do {
      (made, lock) = try NewFolders.making(
        path,
        {
          try Self.locked(path, until: end) {
            if !hasWaited { waiting() }
            hasWaited = true
          }
        }, isInPlace: { try Self.leads(path, to: $0) })
    } catch let error as FileError {
      throw DataError(writing: error)
    } catch {
      throw DataError(.unwritable, "\(path): \(error)")
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

  /// Opens the directory and waits for its lock; nil if it cannot be opened because it is writable,
  /// but not readable.
  private static func locked(
    _ path: String, until end: ContinuousClock.Instant, _ waiting: () -> Void
  ) throws(FileError) -> OpenFile? {
    let folder: OpenFile
    do throws(SystemError) {
      folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    } catch {
      if error.code == EACCES { return nil }
      throw FileError(path, .lock, code: error.code)
    }
    while !folder.lockIfPossible() {
      waiting()
      guard ContinuousClock.now < end else {
        throw FileError(
          path, .lock, found: "a lock of another process, such as another fetch",
          expected: "its end in time")
      }
      usleep(interval)
    }
    return folder
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
