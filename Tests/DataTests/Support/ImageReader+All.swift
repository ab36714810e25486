import TestSupport

@testable import ImageData

/// An image with its pixels.
struct ReadImage: Equatable {
  var rows: Int
  var columns: Int
  var channels = 1
  var pixels: [UInt8]
}

/// Reads all images of a file.
func readImages(path: String, wantsColor: Bool? = false) throws -> [ReadImage] {
  let reader = try ImageReader(path: path, wantsColor: wantsColor)
  var images: [ReadImage] = []
  while let size = try reader.nextSize() {
    var pixels = [UInt8](repeating: 0, count: size.valueCount)
    try pixels.withUnsafeMutableBufferPointer { memory throws(DataError) in
      try reader.readPixels(into: memory)
    }
    images.append(
      ReadImage(rows: size.rows, columns: size.columns, channels: size.channels, pixels: pixels))
  }
  return images
}

extension TemporaryFolder {
  /// Reads all images of a file with these bytes.
  func readImages(_ bytes: [UInt8], wantsColor: Bool? = false) throws -> [ReadImage] {
    try DataTests.readImages(path: write(bytes, to: "images"), wantsColor: wantsColor)
  }

  /// What is wrong with a file with these bytes; empty where nothing is.
  func imageProblem(_ bytes: [UInt8]) -> String {
    dataError { _ = try readImages(bytes) }?.description ?? ""
  }
}
