import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("An import makes only what can be loaded")
struct ImportLimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Writes images of zeros for training and tests.
  private func writeColors(_ rows: Int, _ columns: Int) throws {
    let image = PNGFile(
      columns: columns, rows: rows, color: .rgb,
      lines: [[UInt8]](repeating: [UInt8](repeating: 0, count: 3 * columns), count: rows)
    ).bytes
    for name in ["train/x/1", "train/y/1", "test/x/1", "test/y/1"] {
      try folder.write(image, to: "a/\(name).png")
    }
  }

  @Test("of up to 1,048,576 values in an image, written and read again")
  func largest() throws {
    try writeColors(591, 591)
    let imported = try folder.imported("a").dataset
    try DatasetImporter.write(imported)
    let loaded = try Dataset.load(
      from: DatasetLocation(name: "imported", directory: folder.path("imported")))
    #expect(loaded.training.imageSize == ImageSize(rows: 591, columns: 591, channels: 3))
    #expect(loaded.fileDigests() == imported.fileDigests())
  }

  @Test("and refuses images with more, as they are, resized or colored")
  func tooLarge() throws {
    try writeColors(592, 592)
    let limits = "expected at most 1024 x 1024 pixels, 64 channels and 1048576 values"
    #expect(
      folder.importProblem("a") == "a/train/x/1.png: found an image of 592 x 592 x 3, \(limits)")
    let small = try folder.imported("a") { $0.resized = ImageSize(rows: 2, columns: 3) }
    #expect(small.dataset.training.imageSize == ImageSize(rows: 2, columns: 3, channels: 3))
    #expect(
      folder.importProblem("a") { $0.resized = ImageSize(rows: 1024, columns: 1024) }
        == "a/train/x/1.png: found an image of 592 x 592 x 3, which would become 1024 x 1024 x 3; \(limits)"
    )
    try folder.write(pgm(600, 600, [UInt8](repeating: 0, count: 360_000)), to: "b/x/1.pgm")
    try folder.write(pgm(600, 600, [UInt8](repeating: 0, count: 360_000)), to: "b/y/1.pgm")
    #expect(
      folder.importProblem("b") { $0.channels = 3 }
        == "b/x/1.pgm: found an image of 600 x 600, which would become 600 x 600 x 3; \(limits)")
  }

  @Test(
    "and refuses settings that ask for more, before it reads an image",
    arguments: [
      (nil, ImageSize(rows: 592, columns: 592), 3, "`resize` and `channels`"),
      (ImageSize(rows: 592, columns: 592), nil, 3, "`size` and `channels`"),
      (
        ImageSize(rows: 4, columns: 4, channels: 3), ImageSize(rows: 592, columns: 592), nil,
        "`resize` and `size`"
      ),
    ] as [(ImageSize?, ImageSize?, Int?, String)])
  func tooLargeSettings(
    size: ImageSize?, resized: ImageSize?, channels: Int?, settings: String
  ) throws {
    try folder.write([7], to: "a/x/no image")
    let error = dataError {
      _ = try folder.imported("a") { request in
        request.size = size
        request.resized = resized
        request.channels = channels
      }
    }
    #expect(error?.kind == .usage)
    #expect(
      error?.description
        == "\(settings) ask for images of 592 x 592 x 3, expected at most 1024 x 1024 pixels, 64 "
        + "channels and 1048576 values")
  }

  @Test("and refuses to resize images of several channels to more")
  func tooLargeArrays() throws {
    try folder.writeNPZ([
      ("x_train", NPYFile([2, 1, 2, 3], samplePixels(12))), ("y_train", NPYFile([2], [1, 0])),
    ])
    #expect(
      folder.importProblem("a.npz") { $0.resized = ImageSize(rows: 1024, columns: 1024) }
        == "a.npz: x_train.npy: found images of 1 x 2 x 3, which `resize` would make 1024 x 1024 x 3; "
        + "expected at most 1024 x 1024 pixels, 64 channels and 1048576 values")
  }

  @Test("and refuses the name of a published data set that has another number of classes")
  func publishedNames() throws {
    func read(_ classes: Int, for name: String) throws -> Dataset {
      try folder.write(
        Array((0..<2 * classes).map { "\($0 % classes),7\n" }.joined().utf8), to: "a.csv")
      var request = ImportRequest(source: folder.path("a.csv"))
      request.testShare = .images(1)
      return try DatasetImporter.read(request, for: folder.path(name)).dataset
    }
    let error = dataError { _ = try read(2, for: "mnist") }
    #expect(error?.kind == .usage)
    #expect(
      error?.description.hasSuffix(
        "/mnist, but a data set of that name must have the 10 classes of MNIST, found 2 classes; another "
          + "name has no such limit") == true, "\(error?.description ?? "")")
    let digits = try read(10, for: "mnist")
    try DatasetImporter.write(digits)
    let loaded = try Dataset.load(
      from: DatasetLocation(name: "mnist", directory: folder.path("mnist")))
    #expect(loaded.classCount == 10)
    _ = try read(2, for: "letters")
  }
}
