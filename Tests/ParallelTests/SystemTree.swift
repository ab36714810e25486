import Foundation
import TestSupport

/// A folder that stands for `/` in one test, with files of the kernel's; it goes with the test.
struct SystemTree {
  private let folder: TemporaryFolder

  /// The folder, as `root` parameters want it.
  var root: String { folder.url.path() }

  /// Makes the files.
  ///
  /// - Parameter files: Content by absolute path.
  /// - Throws: What the file system says.
  init(_ files: [String: String]) throws {
    folder = try TemporaryFolder()
    for (path, content) in files { try write(path, Array(content.utf8)) }
  }

  /// Writes a file, making the folders that it needs.
  func write(_ path: String, _ content: [UInt8]) throws {
    try folder.write(content, to: path)
  }
}
