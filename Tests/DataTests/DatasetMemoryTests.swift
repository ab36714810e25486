import TestSupport
import Testing

@testable import ImageData

@Suite("A data set made in memory")
struct DatasetMemoryTests {
  /// Two images of 2 x 3 for each class.
  private func images(
    rows: Int = 2, columns: Int = 3, channels: Int = 1, labels: [UInt8] = [0, 1, 0, 1],
    valueCount: Int? = nil
  ) throws(DataError) -> ImageSet {
    let count = valueCount ?? 6 * labels.count
    return try ImageSet(
      rows: rows, columns: columns, channels: channels,
      pixels: (0..<count).map { UInt8($0 % 256) }, labels: labels)
  }

  private func refusal(_ work: () throws -> Void) -> String {
    let error = dataError(work)
    return error?.kind == .invalid ? error?.description ?? "" : "not refused"
  }

  @Test("has the pixels, labels and names that were given")
  func content() throws {
    let dataset = try Dataset(
      name: "made", training: images(), test: images(labels: [1]), classCount: 2,
      classNames: ["cat", "dog"])
    #expect(Array(dataset.training.pixels) == (0..<24).map { UInt8($0) })
    #expect(Array(dataset.test.labels) == [1])
    #expect((dataset.training.rows, dataset.training.columns) == (2, 3))
    #expect(dataset.classNames() == ["cat", "dog"])
  }

  @Test("is refused if there is not one label for each image")
  func pixelCount() {
    #expect(
      refusal { _ = try images(valueCount: 23) }
        == "found 23 values of pixels, expected 24: 4 labels of images of 2 x 3")
    #expect(refusal { _ = try images(labels: []) } == "found no labels, expected at least 1")
  }

  @Test(
    "is refused if images have no values, or more than allowed, without overflow",
    arguments: [(0, 3, 1), (2, -3, 1), (2, 3, 0), (2, 3, 65), (1024, 1024, 2), (.max, .max, .max)])
  func imageSize(rows: Int, columns: Int, channels: Int) {
    let text = refusal { _ = try images(rows: rows, columns: columns, channels: channels) }
    #expect(text.contains("found images of \(rows) x \(columns) pixels with \(channels) channels"))
    #expect(text.contains("at most 1024 x 1024 pixels, 64 channels and 1048576 values"))
  }

  @Test("is refused if a label is not a class, with its sample")
  func labels() {
    #expect(
      refusal {
        _ = try Dataset(
          name: "made", training: images(), test: images(labels: [0, 2]), classCount: 2)
      } == "found label 2 of test sample 1, expected 0 to 1")
  }

  @Test("is refused if its two sets, its classes or their names do not fit")
  func combination() {
    #expect(
      refusal {
        _ = try Dataset(
          name: "made", training: images(), test: images(rows: 3, columns: 2), classCount: 2)
      } == "found test images of 3 x 2, expected 2 x 3 as in the training set")
    #expect(
      refusal {
        _ = try Dataset(name: "made", training: images(), test: images(), classCount: 257)
      } == "found 257 classes, expected 1 to 256")
    #expect(
      refusal {
        _ = try Dataset(
          name: "made", training: images(), test: images(), classCount: 2, classNames: ["cat"])
      } == "found names of 1 classes, expected 2")
  }
}
