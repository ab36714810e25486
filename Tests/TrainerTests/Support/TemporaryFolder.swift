import Foundation

/// A folder for one test, removed with its content at the end.
final class TemporaryFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "trainer-tests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      print("cannot remove \(url.path()): \(error)")
    }
  }

  func path(_ name: String) -> String { url.appending(path: name).path() }
}
