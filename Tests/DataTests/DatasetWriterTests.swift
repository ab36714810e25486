import Files
import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("A data set is written")
struct DatasetWriterTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A data set of 3 and 2 images.
  private func dataset(channels: Int) throws -> Dataset {
    func set(_ labels: [UInt8]) throws -> ImageSet {
      ImageSet(
        rows: 2, columns: 3, channels: channels,
        pixels: try ByteStorage(samplePixels(labels.count * 6 * channels)),
        labels: try ByteStorage(labels))
    }
    return Dataset(
      name: "made", directory: folder.path("made"), training: try set([0, 1, 2]),
      test: try set([2, 1]), classCount: 3, classNames: ["a", "b c", "d"])
  }

  @Test("and read again as it was", arguments: [1, 3])
  func reading(channels: Int) throws {
    let written = try dataset(channels: channels)
    try DatasetImporter.write(written)
    #expect(try folder.names() == ["made"])
    let read = try Dataset.load(
      from: DatasetLocation(name: "made", directory: folder.path("made")))
    #expect(read.fileDigests() == written.fileDigests())
    #expect(read.classNames() == ["a", "b c", "d"])
    #expect(read.training.imageSize == written.training.imageSize)
    #expect(ReadSet(read.training) == ReadSet(written.training))
    #expect(ReadSet(read.test) == ReadSet(written.test))
  }

  @Test("with nothing left if writing ends early")
  func stop() throws {
    let written = try dataset(channels: 1)
    let error = dataError {
      try DatasetWriter.write(written, to: folder.path("none")) {}
    }
    #expect(error?.kind == .unwritable)
    // Files are named by their final path.
    let name = folder.path("made/train-images-idx3-ubyte.gz")
    #expect(error?.description == "\(name): cannot be written: No such file or directory")
    try folder.write([], to: "other/file")
    let stopped = dataError {
      try DatasetWriter.write(written, to: folder.path("other")) { () throws(DataError) in
        throw DataError(.stopped, "stopped")
      }
    }
    #expect(stopped?.kind == .stopped)
    #expect(try !folder.names(in: "other").contains("classes.txt"))
    try folder.write([1], to: "made/file")
    #expect(dataError { try DatasetImporter.write(written) }?.kind == .unwritable)
    #expect(try folder.names() == ["made", "other"] && folder.names(in: "made") == ["file"])
  }
}
