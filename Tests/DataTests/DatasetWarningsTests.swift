import Files
import Testing

@testable import ImageData

@Suite("A warning about a data set")
struct DatasetWarningsTests {
  func warnings(_ labels: [UInt8], classCount: Int) throws -> [String] {
    let images = ImageSet(
      rows: 1, columns: 1, pixels: try ByteStorage(labels), labels: try ByteStorage(labels))
    return Dataset(
      name: "letters", directory: "/data", training: images, test: images, classCount: classCount
    ).warnings.map(\.description)
  }

  @Test("is absent if every class has samples")
  func none() throws {
    #expect(try warnings([0, 2, 1, 1], classCount: 3) == [])
  }

  @Test("names classes without training samples, as with labels that count from 1")
  func fromOne() throws {
    #expect(
      try warnings([1, 2, 3], classCount: 4) == [
        "letters in /data: no training sample of class 0; if the labels count from 1, the "
          + "network has one class too many"
      ])
    #expect(
      try warnings([0, 3], classCount: 4)
        == ["letters in /data: no training sample of classes 1, 2"])
    let many = try warnings([0, 255], classCount: 256)
    #expect(many.first?.hasSuffix("classes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 244 more") == true)
  }

  @Test("reports that there is only one class")
  func one() throws {
    #expect(
      try warnings([3, 3], classCount: 4) == [
        "letters in /data: every training sample has class 3, so there is nothing to "
          + "distinguish"
      ])
    #expect(try warnings([0], classCount: 1).count == 1)
  }
}
