import Files
import Glibc
import ImageData

/// The directory of a fetch, which is created if it does not exist.
///
/// Another fetch into the same new directory may fail, and then removes it while it is empty. So it
/// may have to be created again for each file.
final class FetchFolder {
  /// The directory, and the name of the data set.
  let location: DatasetLocation
  /// What was created, in order.
  private var made: [NewFolders] = []

  /// How often the directory is created for one file: no other fetch fails that often meanwhile.
  private static let attempts = 5

  /// Creates the directory.
  ///
  /// - Parameter location: The directory, and the name of the data set.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  init(_ location: DatasetLocation) throws(DataError) {
    self.location = location
    try repeating { () throws(FileError) in try make() }
  }

  /// Creates a file that appears complete.
  ///
  /// - Parameter name: Its final name.
  /// - Returns: The file, which is empty.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  func newFile(_ name: String) throws(DataError) -> AtomicFile {
    try repeating { () throws(FileError) in
      try make()
      return try AtomicFile(path: location.path(name), in: .ownDirectory)
    }
  }

  /// Removes the created directories that are empty.
  func removeIfEmpty() {
    for folders in made.reversed() { folders.removeIfEmpty() }
  }

  private func make() throws(FileError) {
    made.append(try NewFolders(path: location.directory))
  }

  /// Repeats what fails because the directory has just been removed.
  private func repeating<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(DataError) -> Value {
    try DataError.writing { () throws(FileError) -> Value in
      for _ in 1..<Self.attempts {
        do throws(FileError) {
          return try body()
        } catch  where error.reason == .system(ENOENT) {
          continue
        }
      }
      return try body()
    }
  }
}
