import TestSupport

/// A data set whose classes differ in nothing but their channels, under noise: in the images of
/// class 0 the first channel is bright, and so on; those of the last class have no bright channel.
struct ColoredDataset {
  static let trainingCount = 240
  static let testCount = 80
  static let side = 6

  /// The channels of an image.
  let channels: Int
  /// The content of each of the four files, plain.
  let files: [String: [UInt8]]

  /// Makes images.
  ///
  /// - Parameters:
  ///   - channels: The channels of an image.
  ///   - isFlat: Whether the files of images have three dimensions, which only one channel allows.
  init(channels: Int = 3, isFlat: Bool = false) {
    self.channels = channels
    var noise = Noise()
    var files: [String: [UInt8]] = [:]
    for (images, labels, count) in [
      (SmallDataset.trainingImages, SmallDataset.trainingLabels, Self.trainingCount),
      (SmallDataset.testImages, SmallDataset.testLabels, Self.testCount),
    ] {
      var pixels = SmallDataset.header(
        type: 8, dimensions: [count, Self.side, Self.side] + (isFlat ? [] : [channels]))
      var classes = SmallDataset.header(type: 8, dimensions: [count])
      for _ in 0..<count {
        let label = Int(noise.next()) % (channels + 1)
        classes.append(UInt8(label))
        for _ in 0..<Self.side * Self.side {
          pixels += (0..<channels).map { noise.next() / 2 + ($0 == label ? 90 : 0) }
        }
      }
      files[images] = pixels
      files[labels] = classes
    }
    self.files = files
  }

  /// Writes the files.
  ///
  /// - Parameters:
  ///   - folder: The name of the folder, which is made.
  ///   - parent: Where it is made.
  /// - Throws: What the system says.
  func write(to folder: String, in parent: TemporaryFolder) throws {
    for (name, bytes) in files { try parent.write(bytes, to: "\(folder)/\(name)") }
  }
}
