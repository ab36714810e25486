import TestSupport
import Testing

@testable import Files
@testable import ImageData

@Suite("A file of labels of 32-bit integers")
struct LabelFileTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  /// Rows as QMNIST has them: the class, and seven numbers about the sample.
  static func rows(_ labels: [UInt32]) -> [UInt8] {
    labels.enumerated().flatMap { index, label in
      [label, 4, UInt32.max, UInt32(index), 0, 70_000, 0, 1].flatMap(bigEndian)
    }
  }

  func qmnist(_ labels: [UInt32]) -> [UInt8] {
    idx(type: 0x0c, dimensions: [UInt32(labels.count), 8], data: Self.rows(labels))
  }

  func read(_ bytes: [UInt8], packed: Bool = true) throws -> IDXFile {
    let path = try directory.write(packed ? gzip(bytes) : bytes, to: packed ? "file.gz" : "file")
    return try IDXFile(path: path, content: .labels)
  }

  func refusal(_ bytes: [UInt8]) -> String {
    let error = dataError { _ = try read(bytes) }
    return error?.kind == .invalid ? error?.description ?? "" : "not refused"
  }

  @Test("has the class in column 0, plain or packed", arguments: [false, true])
  func columns(packed: Bool) throws {
    let bytes = qmnist([7, 0, 255, 3])
    let file = try read(bytes, packed: packed)
    #expect(Array(file.data) == [7, 0, 255, 3])
    var hash = Digest(.sha256)
    hash.update(bytes)
    let digest = hash.hexadecimal()
    #expect(file.digest == digest)
  }

  @Test("may have no other columns")
  func single() throws {
    let bytes = idx(type: 0x0c, dimensions: [3], data: [1, 0, 2].flatMap(bigEndian))
    #expect(try Array(read(bytes).data) == [1, 0, 2])
  }

  @Test("with a label that is no byte is refused with its position", arguments: [256, UInt32.max])
  func range(label: UInt32) {
    #expect(
      refusal(qmnist([1, 2, label])).contains(
        "byte 76 of the unpacked data: found label \(Int32(bitPattern: label)) of sample 2, expected 0 to 255"
      ))
  }

  @Test("with another number of columns or dimensions is refused", arguments: [1, 7, 9])
  func otherColumns(count: UInt32) {
    let bytes = idx(
      type: 0x0c, dimensions: [1, count], data: [UInt8](repeating: 0, count: 4 * Int(count)))
    #expect(
      refusal(bytes).contains(
        "byte 8: found \(count) integers for each label, expected 8, of which the first is the class"
      ))
    let three = idx(type: 0x0c, dimensions: [1, 8, 1], data: [UInt8](repeating: 0, count: 32))
    #expect(refusal(three).contains("byte 3: expected 1 or 2 IDX dimensions (labels), found 3"))
  }

  @Test(
    "of any other type is refused with the types that are found and expected",
    arguments: [
      (0x09, "signed byte"), (0x0b, "16-bit integer"), (0x0d, "32-bit floating point"),
      (0x0e, "64-bit floating point"),
    ] as [(UInt8, String)])
  func types(type: UInt8, name: String) {
    let message = refusal(idx(type: type, dimensions: [1], data: [0, 0, 0, 0, 0, 0, 0, 0]))
    #expect(
      message.contains(
        "byte 2: expected IDX element type 08 (unsigned byte) or 0c (32-bit integer), found "
          + "\(hexadecimal([type])) (\(name))"))
  }

  @Test("with less or more than its header declares is refused with both numbers")
  func amounts() {
    let bytes = qmnist([1, 2])
    #expect(
      refusal(Array(bytes.dropLast())).contains(
        "declares 2 labels of 8 integers, which is 64 bytes of labels; found 63"))
    #expect(refusal(bytes + [0]).contains("found 65 or more"))
    #expect(refusal(Array(bytes.prefix(10))).contains("found 10 bytes, expected 12"))
  }

  @Test("images of any other type are refused")
  func images() throws {
    let path = try directory.write(
      gzip(idx(type: 0x0c, dimensions: [1, 1, 1], data: [0, 0, 0, 0])), to: "file.gz")
    let error = dataError { _ = try IDXFile(path: path, content: .images) }
    #expect(
      error?.description.contains(
        "byte 2: expected IDX element type 08 (unsigned byte), found 0c (32-bit integer)") == true)
  }

  @Test("is a data set's, with the digest of the file that verification finds")
  func dataset() throws {
    _ = try directory.writeDataset(in: "qmnist")
    for (file, labels) in [(DatasetFile.trainingLabels, [9, 0, 1]), (.testLabels, [1, 2])]
      as [(DatasetFile, [UInt32])]
    {
      try directory.write(gzip(qmnist(labels)), to: "qmnist/\(file.packedName)")
    }
    let location = DatasetLocation(name: "qmnist", directory: "\(directory.path)/qmnist")
    let dataset = try Dataset.load(from: location)
    #expect(Array(dataset.training.labels) == [9, 0, 1])
    #expect(Array(dataset.test.labels) == [1, 2])
    #expect(dataset.classCount == 10)
    let digests = dataset.fileDigests()
    for found in try DatasetVerifier.verify(location) {
      #expect(found.digest == digests[found.file.plainName])
    }
    try directory.write(
      gzip(qmnist([3, 10])), to: "qmnist/\(DatasetFile.testLabels.packedName)")
    let error = dataError { _ = try Dataset.load(from: location) }
    #expect(
      error?.description.contains(
        "byte 44 of the unpacked data: found label 10 of sample 1, expected 0 to 9") == true)
  }
}
