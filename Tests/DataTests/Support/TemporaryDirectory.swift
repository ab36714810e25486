import Foundation

@testable import MNISTData

/// A directory that goes away with its owner.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "trainer-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      print("cannot remove \(path): \(error)")
    }
  }

  /// Writes a file, making the directories it needs; the result is its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Writes the four files of a small data set: 3 training and 2 test images of 4 x 5.
  func writeDataset(in folder: String, packed: Bool = true) throws -> [DatasetFile: [UInt8]] {
    let contents: [DatasetFile: [UInt8]] = [
      .trainingImages: imageFile(count: 3), .trainingLabels: labelFile([2, 0, 1]),
      .testImages: imageFile(count: 2, seed: 9), .testLabels: labelFile([1, 2]),
    ]
    for (file, bytes) in contents {
      let name = "\(folder)/\(packed ? file.packedName : file.plainName)"
      try write(packed ? gzip(bytes) : bytes, to: name)
    }
    return contents
  }

  /// The names in a folder, sorted.
  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
  }
}

/// The data error that a piece of work must end with.
func dataError(_ work: () throws -> Void) -> DataError? {
  do {
    try work()
    return nil
  } catch {
    return error as? DataError
  }
}
