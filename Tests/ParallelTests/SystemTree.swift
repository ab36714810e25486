import Foundation

/// A folder that stands for `/` in one test, with files of the kernel's; it goes with the test.
final class SystemTree {
  private let url: URL

  /// The folder, as `root` parameters want it.
  var root: String { url.path() }

  /// Makes the files.
  ///
  /// - Parameter files: Content by absolute path.
  /// - Throws: What the file system says.
  init(_ files: [String: String]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "system-tests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (path, content) in files { try write(path, Data(content.utf8)) }
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      print("cannot remove \(url.path()): \(error)")
    }
  }

  /// Writes a file, making the folders that it needs.
  func write(_ path: String, _ content: Data) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try content.write(to: file)
  }
}
