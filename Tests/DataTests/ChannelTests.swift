import Files
import TestSupport
import Testing

@testable import ImageData

@Suite("Images with channels")
struct ChannelTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  private func load(_ name: String) throws -> Dataset {
    try Dataset.load(from: DatasetLocation(name: name, directory: "\(directory.path)/\(name)"))
  }

  /// The message of reading an IDX file of images, which must be refused as invalid.
  private func refusal(_ bytes: [UInt8], packed: Bool = true) throws -> String {
    let path = try directory.write(packed ? gzip(bytes) : bytes, to: packed ? "file.gz" : "file")
    let error = dataError { _ = try IDXFile(path: path, content: .images) }
    #expect(error?.kind == .invalid)
    return error?.description ?? "not refused"
  }

  @Test(
    "are read from files of four dimensions, plain or packed", arguments: [false, true], [1, 3, 64])
  func loads(packed: Bool, channels: Int) throws {
    let contents = try directory.writeDataset(in: "shapes", packed: packed, channels: channels)
    let dataset = try load("shapes")
    let size = ImageSize(rows: 4, columns: 5, channels: channels)
    #expect(dataset.training.imageSize == size)
    #expect(dataset.training.valueCount == 20 * channels)
    #expect(dataset.training.count == 3)
    #expect(Array(dataset.training.pixels) == samplePixels(60 * channels))
    #expect(Array(dataset.test.pixels) == samplePixels(40 * channels, seed: 9))
    let info = DatasetInfo(dataset)
    #expect(info.imageSize == size)
    #expect(info.byteCount == 5 * (20 * channels + 1))
    let images = try readImages(
      path: directory.write(contents[.testImages, default: []], to: "images"))
    #expect(images.map(\.channels) == [channels, channels])
    #expect(images.flatMap(\.pixels) == samplePixels(40 * channels, seed: 9))
  }

  @Test("have the digests of their files, of three dimensions or four", arguments: [nil, 1, 3])
  func digests(channels: Int?) throws {
    let contents = try directory.writeDataset(in: "shapes", channels: channels)
    let digests = try load("shapes").fileDigests()
    let verified = try DatasetVerifier.verify(
      DatasetLocation(name: "shapes", directory: "\(directory.path)/shapes"))
    for result in verified {
      var hash = Digest(.sha256)
      hash.update(contents[result.file, default: []])
      let expected = hash.hexadecimal()
      #expect(result.problem == nil)
      #expect(result.digest == expected)
      #expect(digests[result.file.plainName] == expected)
    }
  }

  @Test("made in memory have the digests of the files that they would be in")
  func inMemory() throws {
    _ = try directory.writeDataset(in: "gray")
    _ = try directory.writeDataset(in: "color", channels: 3)
    for (name, channels) in [("gray", 1), ("color", 3)] {
      let loaded = try load(name)
      func copy(_ set: ImageSet) -> ImageSet {
        ImageSet(rows: 4, columns: 5, channels: channels, pixels: set.pixels, labels: set.labels)
      }
      let made = Dataset(
        name: name, directory: "", training: copy(loaded.training), test: copy(loaded.test),
        classCount: 3)
      #expect(made.fileDigests() == loaded.fileDigests())
    }
  }

  @Test("are refused if training and test images have different numbers of them, with both")
  func differentCounts() throws {
    _ = try directory.writeDataset(in: "shapes", channels: 3)
    try directory.write(
      gzip(imageFile(count: 2)), to: "shapes/\(DatasetFile.testImages.packedName)")
    let error = dataError { _ = try load("shapes") }
    #expect(error?.kind == .invalid)
    #expect(
      error?.description.contains(
        "t10k-images-idx3-ubyte.gz: found images of 4 x 5, expected 4 x 5 x 3 as in") == true)
  }

  @Test("are 1 to 64 in a header", arguments: [0, 65, UInt32.max])
  func limit(channels: UInt32) throws {
    let bytes = idx(dimensions: [1, 4, 5, channels], data: [1])
    for packed in [false, true] {
      #expect(
        try refusal(bytes, packed: packed)
          .contains("byte 16: found images of \(channels) channels, expected 1 to 64"))
    }
    #expect(
      try refusal(idx(dimensions: [1, 0, 5, channels], data: [1]))
        .contains("byte 8: found images of 0 rows, expected 1 to 1024"))
  }

  @Test("of more values than a model file may have inputs are refused")
  func largest() throws {
    #expect(
      try refusal(idx(dimensions: [1, 1024, 1024, 2], data: [1])).contains(
        "byte 8: found images of 1024 x 1024 x 2, which is 2097152 values, expected at most 1048576"
      ))
    let path = try directory.write(
      gzip(imageFile(count: 1, rows: 128, columns: 128, channels: 64)), to: "largest.gz")
    #expect(try IDXFile(path: path, content: .images).data.count == 1 << 20)
  }

  @Test("in a file that is cut at any byte, or has other dimensions or more data, are refused")
  func damage() throws {
    let bytes = imageFile(count: 3, channels: 3)
    for size in 1..<bytes.count {
      let expected =
        size < 4
        ? "truncated IDX header: found \(size) bytes, expected 16"
        : size < 20
          ? "truncated IDX header: found \(size) bytes, expected 20"
          : "declares 3 images of 4 x 5 x 3, which is 180 bytes of pixels; found \(size - 20)"
      let message = try refusal(Array(bytes[..<size]), packed: false)
      #expect(message.contains(expected), "\(size): \(message)")
    }
    let packed = gzip(bytes)
    for size in 1..<packed.count {
      let path = try directory.write(Array(packed[..<size]), to: "file.gz")
      let error = dataError { _ = try IDXFile(path: path, content: .images) }
      #expect(error?.kind == .invalid)
    }
    #expect(try refusal(bytes + [0]).contains("found 181 or more"))
    #expect(
      try refusal(idx(dimensions: [1, 4, 5, 3, 1], data: [1]))
        .contains("byte 3: expected 3 or 4 IDX dimensions (images), found 5"))
    let labels = try directory.write(bytes, to: "labels")
    let error = dataError { _ = try IDXFile(path: labels, content: .labels) }
    #expect(
      error?.description.contains("expected 1 IDX dimension (labels), found 4 (images)") == true)
  }
}
