import TestSupport

@testable import Files
@testable import ImageData

/// A data set as EMNIST publishes its letters: packed files in a zip file, images with rows and
/// columns swapped, labels from 1.
struct SmallArchive {
  /// The images as they are seen: of each file, 4 rows and 5 columns.
  static let trainingPixels = samplePixels(60)
  static let testPixels = samplePixels(40, seed: 9)
  static let classNames = ["A", "B", "C"]

  /// The unpacked content of each file, as it is published.
  var contents: [DatasetFile: [UInt8]] = [
    .trainingImages: Self.swapped(trainingPixels), .trainingLabels: labelFile([3, 1, 2]),
    .testImages: Self.swapped(testPixels), .testLabels: labelFile([2, 3]),
  ]
  var isLarge = false
  /// Changes the members before the zip file is made.
  var change: (inout [ZipFile.Member]) -> Void = { _ in }

  static func name(of file: DatasetFile) -> String { "gzip/small-\(file.packedName)" }

  var bytes: [UInt8] {
    var members = DatasetFile.allCases.map { file in
      ZipFile.Member(
        Self.name(of: file), gzip(contents[file, default: []]), isPacked: !file.hasImages)
    }
    members.insert(ZipFile.Member("gzip/../../../outside", [1, 2, 3]), at: 0)
    change(&members)
    return ZipFile(members, isLarge: isLarge).bytes
  }

  /// The data set, published at these mirrors.
  func known(at mirrors: [String], md5: String? = nil) -> KnownDataset {
    var hash = Digest(.md5)
    hash.update(bytes)
    let found = hash.hexadecimal()
    return KnownDataset(
      name: "small", title: "Small", classNames: Self.classNames,
      distribution: .archive(
        PublishedArchive(
          file: PublishedFile("small.zip", md5: md5 ?? found),
          members: Dictionary(
            uniqueKeysWithValues: DatasetFile.allCases.map { ($0, Self.name(of: $0)) }),
          isTransposed: true, firstLabel: 1)),
      mirrors: mirrors)
  }

  /// A file of images of 5 rows and 4 columns from pixels of 4 rows and 5 columns.
  private static func swapped(_ pixels: [UInt8]) -> [UInt8] {
    let images = stride(from: 0, to: pixels.count, by: 20).flatMap { start in
      (0..<5).flatMap { column in (0..<4).map { row in pixels[start + row * 5 + column] } }
    }
    return idx(dimensions: [UInt32(pixels.count / 20), 5, 4], data: images)
  }
}
