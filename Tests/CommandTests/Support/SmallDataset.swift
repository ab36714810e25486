import Foundation
import TestSupport

/// A small data set of four classes that a network learns in a few steps: in each image another
/// quarter is bright, under noise.
struct SmallDataset {
  static let trainingCount = 600
  static let testCount = 200
  static let side = 8
  static let classCount = 4
  static let trainingImages = "train-images-idx3-ubyte"
  static let trainingLabels = "train-labels-idx1-ubyte"
  static let testImages = "t10k-images-idx3-ubyte"
  static let testLabels = "t10k-labels-idx1-ubyte"

  /// The content of each of the four files, plain.
  var files: [String: [UInt8]]

  init() {
    var noise = Noise()
    var files: [String: [UInt8]] = [:]
    for (images, labels, count) in [
      (Self.trainingImages, Self.trainingLabels, Self.trainingCount),
      (Self.testImages, Self.testLabels, Self.testCount),
    ] {
      var pixels = Self.imageHeader(count: count)
      var classes = Self.header(type: 8, dimensions: [count])
      for _ in 0..<count {
        let label = Int(noise.next()) % Self.classCount
        classes.append(UInt8(label))
        for row in 0..<Self.side {
          for column in 0..<Self.side {
            let quarter = row / (Self.side / 2) * 2 + column / (Self.side / 2)
            pixels.append(noise.next() / 2 + (quarter == label ? 70 : 0))
          }
        }
      }
      files[images] = pixels
      files[labels] = classes
    }
    self.files = files
  }

  static func imageHeader(
    count: Int, rows: Int = SmallDataset.side, columns: Int = SmallDataset.side
  ) -> [UInt8] {
    header(type: 8, dimensions: [count, rows, columns])
  }

  static func header(type: UInt8, dimensions: [Int]) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)]
      + dimensions.flatMap { size in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
      }
  }

  /// Writes the files into a new folder.
  ///
  /// - Returns: The folder, and the path of `small` in it, where they are.
  /// - Throws: What the system says.
  static func inNewFolder() throws -> (folder: TemporaryFolder, data: String) {
    let folder = try TemporaryFolder()
    return (folder, try SmallDataset().write(to: "small", in: folder))
  }

  /// Writes the files.
  ///
  /// - Parameters:
  ///   - folder: The name of the folder, which is made.
  ///   - parent: Where it is made.
  /// - Returns: The folder's path.
  /// - Throws: What the system says.
  @discardableResult
  func write(to folder: String, in parent: TemporaryFolder) throws -> String {
    try FileManager.default.createDirectory(
      atPath: parent.path(folder), withIntermediateDirectories: true)
    for (name, bytes) in files { try parent.write(bytes, to: "\(folder)/\(name)") }
    return parent.path(folder)
  }
}

/// A linear congruential generator (Knuth's MMIX constants).
struct Noise {
  private var state: UInt64 = 1

  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}
