import TestSupport
import Testing

@testable import ImageData

@Suite("A data set")
struct DatasetTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  /// Writes the small data set with one file changed and loads it.
  func load(
    _ name: String = "shapes", replacing file: DatasetFile? = nil, with bytes: [UInt8] = []
  ) throws -> Dataset {
    _ = try directory.writeDataset(in: name)
    if let file { try directory.write(gzip(bytes), to: "\(name)/\(file.packedName)") }
    return try Dataset.load(
      from: DatasetLocation(name: name, directory: "\(directory.path)/\(name)"))
  }

  /// The message of loading it, which must be refused as invalid.
  func refusal(
    _ name: String = "shapes", replacing file: DatasetFile, with bytes: [UInt8]
  ) -> String {
    let error = dataError { _ = try load(name, replacing: file, with: bytes) }
    return error?.kind == .invalid ? error?.description ?? "" : "not refused"
  }

  @Test("has the pixels and labels of its four files, plain or packed", arguments: [false, true])
  func loads(packed: Bool) throws {
    _ = try directory.writeDataset(in: "shapes", packed: packed)
    let dataset = try Dataset.load(
      from: DatasetLocation(name: "shapes", directory: "\(directory.path)/shapes"))
    #expect(dataset.name == "shapes")
    #expect(dataset.training.count == 3)
    #expect(dataset.training.valueCount == 20)
    #expect(Array(dataset.training.pixels) == samplePixels(60))
    #expect(Array(dataset.training.labels) == [2, 0, 1])
    #expect(dataset.test.count == 2)
    #expect(Array(dataset.test.pixels) == samplePixels(40, seed: 9))
    #expect(Array(dataset.test.labels) == [1, 2])
  }

  @Test("has as many classes as its training labels say, or as are published")
  func classCount() throws {
    #expect(try load().classCount == 3)
    #expect(
      try load(replacing: .trainingLabels, with: labelFile([255, 0, 1])).classCount == 256)
    #expect(try load("mnist").classCount == 10)
  }

  @Test("larger than the memory is refused before the content of a file is read")
  func memory() throws {
    _ = try directory.writeDataset(in: "large")
    let images = imageFile(count: 5000, rows: 28, columns: 30)
    let labels = labelFile((0..<5000).map { UInt8($0 % 10) })
    for file in DatasetFile.allCases {
      // What follows the header is damaged in packed files: it is not reached.
      let bytes = gzip(file.content == .images ? images : labels)
      try directory.write(
        bytes.dropLast(9) + bytes.suffix(9).map(~), to: "large/\(file.packedName)")
    }
    let location = DatasetLocation(name: "large", directory: "\(directory.path)/large")
    func failure(_ memory: UInt64) -> DataError? {
      DataMemory.$testedLimit.withValue(memory) {
        dataError { _ = try Dataset.load(from: location) }
      }
    }
    let error = failure(8_409_999)
    #expect(error?.kind == .refused)
    let words =
      "large: the four files: 8410000 bytes need more memory than there is, 8409999 bytes ("
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(failure(8_410_000)?.kind == .invalid)
  }

  @Test("uses the plain file if both exist")
  func plainFirst() throws {
    _ = try directory.writeDataset(in: "shapes")
    try directory.write(
      labelFile([2, 2, 2]), to: "shapes/\(DatasetFile.trainingLabels.plainName)")
    let dataset = try Dataset.load(
      from: DatasetLocation(name: "shapes", directory: "\(directory.path)/shapes"))
    #expect(Array(dataset.training.labels) == [2, 2, 2])
  }

  @Test("with other numbers of images and labels is refused with both files and numbers")
  func counts() throws {
    let message = refusal(replacing: .trainingLabels, with: labelFile([0, 1, 2, 1]))
    #expect(message.contains("train-labels-idx1-ubyte.gz: found 4 labels, expected 3"))
    #expect(message.contains("train-images-idx3-ubyte.gz"))
  }

  @Test("with other sizes of training and test images is refused with both")
  func imageSizes() throws {
    let message = refusal(
      replacing: .testImages, with: imageFile(count: 2, rows: 5, columns: 4))
    #expect(message.contains("t10k-images-idx3-ubyte.gz: found images of 5 x 4, expected 4 x 5"))
    #expect(message.contains("train-images-idx3-ubyte.gz"))
  }

  @Test("with a test label beyond the training labels is refused with its position")
  func labelAboveTraining() throws {
    let message = refusal(replacing: .testLabels, with: labelFile([1, 3]))
    #expect(message.contains("t10k-labels-idx1-ubyte.gz: byte 9"))
    #expect(message.contains("found label 3 of sample 1, expected 0 to 2"))
  }

  @Test(
    "that is published has no label beyond its classes",
    arguments: [(DatasetFile.trainingLabels, [9, 10, 0]), (.testLabels, [0, 10])]
      as [(DatasetFile, [UInt8])])
  func labelAbovePublished(file: DatasetFile, labels: [UInt8]) throws {
    let message = refusal("mnist", replacing: file, with: labelFile(labels))
    #expect(message.contains("\(file.packedName): byte 9"))
    #expect(message.contains("found label 10 of sample 1, expected 0 to 9 (MNIST has 10 classes)"))
  }

  @Test("whose published labels count from 1 says so if they were not changed")
  func labelsFromOne() throws {
    let message = refusal("emnist-letters", replacing: .testLabels, with: labelFile([1, 26]))
    #expect(
      message.contains(
        "found label 26 of sample 1, expected 0 to 25 (EMNIST letters has 26 classes; as published "
          + "its labels count from 1, which fetching it changes)"))
  }

  @Test("with damaged files reports the training images first, whatever finished first")
  func firstError() throws {
    _ = try directory.writeDataset(in: "shapes")
    for file in DatasetFile.allCases {
      try directory.write([1, 2, 3], to: "shapes/\(file.packedName)")
    }
    for _ in 0..<20 {
      let error = dataError {
        _ = try Dataset.load(
          from: DatasetLocation(name: "shapes", directory: "\(directory.path)/shapes"))
      }
      #expect(error?.description.contains("train-images-idx3-ubyte.gz") == true)
    }
  }

  @Test("is summarized by its counts, sizes and classes")
  func info() throws {
    let info = DatasetInfo(try load())
    #expect(info.trainingCount == 3)
    #expect(info.testCount == 2)
    #expect(info.imageSize == ImageSize(rows: 4, columns: 5))
    #expect(info.trainingHistogram == [1, 1, 1])
    #expect(info.testHistogram == [0, 1, 1])
    #expect(info.byteCount == 3 * 21 + 2 * 21)
  }
}
