import Foundation
import TestSupport

@testable import ImageData

extension TemporaryFolder {
  /// Its path.
  var path: String { url.path() }

  /// Writes the four files of a small data set: 3 training and 2 test images of 4 x 5, in four
  /// dimensions if channels are given.
  func writeDataset(
    in folder: String, packed: Bool = true, channels: Int? = nil
  ) throws -> [DatasetFile: [UInt8]] {
    let contents: [DatasetFile: [UInt8]] = [
      .trainingImages: imageFile(count: 3, channels: channels),
      .trainingLabels: labelFile([2, 0, 1]),
      .testImages: imageFile(count: 2, channels: channels, seed: 9),
      .testLabels: labelFile([1, 2]),
    ]
    for (file, bytes) in contents {
      let name = "\(folder)/\(packed ? file.packedName : file.plainName)"
      try write(packed ? gzip(bytes) : bytes, to: name)
    }
    return contents
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
