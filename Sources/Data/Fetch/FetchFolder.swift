import Foundation
import ImageData

/// The folder into which files are fetched.
struct FetchFolder {
  let path: String
  /// The folders that were created, the innermost first.
  private let made: [String]

  /// Creates the folder and its parents if they do not exist.
  ///
  /// - Parameter path: The folder.
  /// - Throws: `DataError` of kind `transferFailed`.
  init(path: String) throws(DataError) {
    self.path = path
    var missing: [String] = []
    var folder = URL(fileURLWithPath: path)
    while !Self.exists(folder.path), folder.path != "/" {
      missing.append(folder.path)
      folder.deleteLastPathComponent()
    }
    var made: [String] = []
    for folder in missing.reversed() {
      if mkdir(folder, 0o777) == 0 {
        made.insert(folder, at: 0)
      } else if errno != EEXIST {
        let code = errno
        for folder in made { rmdir(folder) }
        throw .system(.transferFailed, cannot: "make the directory", path, code: code)
      }
    }
    self.made = made
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR else {
      throw DataError(.transferFailed, "\(path): found a file, expected a directory")
    }
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
  }

  /// Removes the created folders that are empty.
  func removeIfEmpty() {
    for folder in made {
      guard rmdir(folder) == 0 else { return }
    }
  }
}
