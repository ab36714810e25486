import Files
import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Importing

@Suite("A folder of images is imported")
struct FolderImportTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Writes 2 x 2 images of one value each.
  private func write(_ images: [(name: String, value: UInt8)], in place: String = "a") throws {
    for (name, value) in images {
      try folder.write(
        pgm(2, 2, [UInt8](repeating: value, count: 4)), to: "\(place)/\(name)")
    }
  }

  private func values(_ set: ImageSet) -> [UInt8] {
    stride(from: 0, to: set.pixels.count, by: set.valueCount).map { set.pixels[$0] }
  }

  private static let pets: [(name: String, value: UInt8)] = [
    ("cat/1.pgm", 1), ("cat/10.pgm", 10), ("dog/2.pgm", 2), ("dog/1.pgm", 101),
  ]

  @Test("in the natural order of the files' names, whatever their class; hidden files do not count")
  func order() throws {
    try write(Self.pets, in: "a/train")
    try write([("dog/1.pgm", 7), ("cat/2.pgm", 8)], in: "a/test")
    try folder.write([1], to: "a/train/cat/.hidden")
    let imported = try folder.imported("a")
    #expect(values(imported.dataset.training) == [1, 101, 2, 10])
    #expect(Array(imported.dataset.training.labels) == [0, 1, 1, 0])
    #expect(values(imported.dataset.test) == [7, 8])
    #expect(imported.dataset.classNames() == ["cat", "dog"])
    #expect(imported.notes.isEmpty)
  }

  @Test(
    "with folders for training and tests of several names",
    arguments: [("train", "test"), ("Training", "Testing"), ("TRAIN", "test")])
  func divisions(training: String, test: String) throws {
    try write(Self.pets, in: "a/\(training)")
    try write([("dog/1.pgm", 7)], in: "a/\(test)")
    let imported = try folder.imported("a")
    #expect(values(imported.dataset.training).count == 4)
    #expect(values(imported.dataset.test) == [7])
    #expect(imported.notes == ["no test image of class 'cat'"])
  }

  @Test("with a folder for validation, which is trained on unless something else is asked for")
  func validation() throws {
    try write(Self.pets, in: "a/train")
    try write([("dog/1.pgm", 7), ("cat/1.pgm", 8)], in: "a/val")
    let tested = try folder.imported("a") { $0.validationUse = .test }.dataset
    #expect(values(tested.test) == [8, 7])
    try write([("dog/1.pgm", 9)], in: "a/test")
    #expect(values(try folder.imported("a").dataset.training) == [1, 101, 2, 10, 8, 7])
    let without = try folder.imported("a") { $0.validationUse = ImportRequest.ValidationUse.none }
    #expect(values(without.dataset.training) == [1, 101, 2, 10])
  }

  @Test("with the test images in another folder, and notes on files that are left out")
  func testSource() throws {
    try write(Self.pets + [("README.pgm", 0)])
    try write([("dog/1.pgm", 7), ("cat/1.pgm", 8)], in: "b")
    let imported = try folder.imported("a") { $0.testSource = folder.path("b") }
    #expect(values(imported.dataset.test) == [8, 7])
    #expect(imported.notes.count == 1)
    #expect(
      imported.notes[0].hasSuffix("left out 1 file beside the folders of classes: README.pgm"))
  }

  @Test("with a note on files beside the folders of sets")
  func filesBesideSets() throws {
    try write(Self.pets, in: "a/train")
    try write([("dog/1.pgm", 7), ("cat/2.pgm", 8)], in: "a/test")
    try folder.write([1], to: "a/README")
    let notes = try folder.imported("a").notes
    #expect(
      notes.count == 1
        && notes[0].hasSuffix("/a: left out 1 file beside the folders of sets: README"))
  }

  @Test("where a class may be called train, if there are no tests beside it")
  func classNamedTrain() throws {
    try write([("train/1.pgm", 1), ("train/2.pgm", 2), ("car/1.pgm", 3), ("car/2.pgm", 4)])
    let dataset = try folder.imported("a") { $0.testShare = .images(2) }.dataset
    #expect(dataset.classNames() == ["car", "train"])
  }

  @Test("of PNG images, gray or colored, as the first one is or as asked for")
  func png() throws {
    let gray = PNGFile.gray(rows: 2, columns: 2, [1, 2, 3, 4]).bytes
    let color = PNGFile(
      columns: 2, rows: 2, color: .rgb,
      lines: [[9, 9, 9, 0, 0, 0], [5, 5, 5, 255, 255, 255]]
    ).bytes
    for (name, bytes) in [("x/1.png", gray), ("y/2.png", gray), ("y/3.png", color)] {
      try folder.write(bytes, to: "a/train/\(name)")
      try folder.write(bytes, to: "a/test/\(name)")
    }
    #expect(
      folder.importProblem("a")
        == "a/train/y/3.png: found a color image, expected a gray image as in a/train/x/1.png; "
        + "`channels` makes all images gray or colored")
    let grays = try folder.imported("a") { $0.channels = 1 }.dataset
    #expect(Array(grays.training.pixels) == [1, 2, 3, 4, 1, 2, 3, 4, 9, 0, 5, 255])
    let colors = try folder.imported("a") { $0.channels = 3 }.dataset
    #expect(colors.training.imageSize == ImageSize(rows: 2, columns: 2, channels: 3))
    #expect(Array(colors.training.pixels.prefix(12)) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    // PGM and PPM say what they are; gray ones become colored, not the reverse.
    try folder.write(pgm(2, 2, [5, 6, 7, 8]), to: "a/train/y/3.png")
    let mixed = try folder.imported("a") { $0.channels = 3 }.dataset
    #expect(Array(mixed.training.pixels.suffix(12)) == [5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8])
    try folder.write(
      Array("P6 2 2 255\n".utf8) + [UInt8](repeating: 1, count: 12), to: "a/test/y/3.png")
    #expect(
      folder.importProblem("a") { $0.channels = 1 }.contains(
        "a/test/y/3.png: found a color image in PPM, expected a gray one"))
  }

  @Test("of one size, or resized to one")
  func sizes() throws {
    try write(Self.pets)
    try folder.write(pgm(4, 2, [0, 2, 0, 2, 8, 8, 8, 8]), to: "a/dog/3.pgm")
    #expect(
      folder.importProblem("a")
        == "a/dog/3.pgm: found 4 x 2 pixels, expected 2 x 2 as in a/cat/1.pgm; `resize` gives all images "
        + "one size")
    #expect(
      folder.importProblem("a") { $0.size = ImageSize(rows: 4, columns: 2) }
        == "a/cat/1.pgm: found 2 x 2 pixels, expected 4 x 2 by `size`")
    try write([("cat/1.pgm", 0), ("dog/1.pgm", 0)], in: "b")
    let resized = try folder.imported("a") {
      $0.resized = ImageSize(rows: 2, columns: 1)
      $0.testSource = folder.path("b")
    }.dataset
    #expect(Array(resized.training.pixels) == [1, 1, 101, 101, 2, 2, 1, 8, 10, 10])
  }

  @Test("not with damage: the error names the file or folder")
  func damage() throws {
    func expect(
      _ problem: String, _ kind: DataError.Kind = .invalid, after change: () throws -> Void
    ) throws {
      try? FileManager.default.removeItem(atPath: folder.path("a"))
      try write(Self.pets)
      try change()
      let error = dataError { _ = try folder.imported("a") }
      let text = error?.description.replacing(folder.path(""), with: "") ?? ""
      #expect(text.contains(problem) && error?.kind == kind, "\(text)")
    }
    let manager = FileManager.default
    try expect("a/dog/2.pgm: byte 11: found the end after 0 bytes of pixels, expected 4") {
      try folder.write(pgm(2, 2, []), to: "a/dog/2.pgm")
    }
    try expect("a/dog/2.pgm: byte 0: found ff d8 ff e0, as in JPEG files, expected images") {
      try folder.write([0xff, 0xd8, 0xff, 0xe0], to: "a/dog/2.pgm")
    }
    try expect("a/dog/2.pgm: found more than one image, expected one in each file") {
      try folder.write(pgm(2, 2, [1, 2, 3, 4]) + pgm(2, 2, [1, 2, 3, 4]), to: "a/dog/2.pgm")
    }
    try expect("a/dog/2.pgm: byte 15: found 0a after an image, expected the end or another image") {
      try folder.write(pgm(2, 2, [1, 2, 3, 4]) + [0x0a], to: "a/dog/2.pgm")
    }
    let png = PNGFile.gray(rows: 2, columns: 2, [1, 2, 3, 4]).bytes
    try expect("a/dog/2.pgm: byte \(png.count): found 00, expected a PNG file's signature") {
      try folder.write(png + [0], to: "a/dog/2.pgm")
    }
    for name in ["a/dog/2.pgm", "a/cat/1.pgm"] {
      try expect("\(name): found an IDX file, expected an image in PNG, PGM or PPM") {
        try folder.write(imageFile(count: 1, rows: 2, columns: 2), to: name)
      }
    }
    try expect("a/dog/2.pgm: byte 3: found 1025 or more, expected a width from 1 to 1024") {
      try folder.write(pgm(2, 1025, []), to: "a/dog/2.pgm")
    }
    try expect("a/dog/2: found a directory, expected a regular file") {
      try folder.write([1], to: "a/dog/2/3.pgm")
    }
    try expect("a/dog/2: found a named pipe, expected a regular file") {
      #expect(mkfifo(folder.path("a/dog/2"), 0o600) == 0)
    }
    try expect("a/dog/loop: cannot be read: Too many levels of symbolic links", .unreadable) {
      try manager.createSymbolicLink(
        atPath: folder.path("a/dog/loop"), withDestinationPath: "loop")
    }
    try expect("a/dog/3.pgm: cannot be read: No such file", .notFound) {
      try manager.createSymbolicLink(
        atPath: folder.path("a/dog/3.pgm"), withDestinationPath: "none")
    }
    try expect("a/dog: found a name that is not UTF-8, ff 2e 70 ('\u{FFFD}.p'), expected names") {
      let name = Array(folder.path("a/dog/").utf8CString.dropLast()) + [-1, 0x2e, 0x70, 0]
      let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
      #expect(descriptor >= 0)
      close(descriptor)
    }
    try expect("a/none: found no images, expected at least one") {
      try manager.createDirectory(
        atPath: folder.path("a/none"), withIntermediateDirectories: true)
    }
    try expect("a: found the folder of one class, cat, expected at least 2") {
      try manager.removeItem(atPath: folder.path("a/dog"))
    }
    try expect("a: found 1 file and no folders, expected a folder of images for each class") {
      try manager.removeItem(atPath: folder.path("a/dog"))
      try manager.removeItem(atPath: folder.path("a/cat"))
      try write([("1.pgm", 1)])
    }
    try expect("whose names are the same text; expected another name for each class") {
      try write([("\u{e9}/1.pgm", 1), ("e\u{301}/1.pgm", 1)])
    }
    try expect("a: found 258 folders, expected at most 256 classes") {
      try write((0..<256).map { ("c\($0)/1.pgm", 1) })
    }
    try expect("a/c\nd: found a name with a control character, expected the label of a class") {
      try write([("c\nd/1.pgm", 1)])
    }
  }

  @Test("not if the system does not let it be read")
  func unreadable() throws {
    let made = ModeledFileSystem()
    try FileSystems.$current.withValue(made) { try FileSystems.current.makeFolders("/a") }
    let system = ModeledFileSystem(disk: made.disk) { _, call in
      call.kind == .open ? .error(EACCES) : nil
    }
    let error = FileSystems.$current.withValue(system) {
      dataError { _ = try DatasetImporter.read(ImportRequest(source: "/a"), for: "/imported") }
    }
    #expect(error?.kind == .unreadable)
    #expect(error?.description == "/a: cannot be read: Permission denied")
  }

  @Test("not with folders that divide it in more than one way, or test images of other classes")
  func badDivisions() throws {
    try write(Self.pets, in: "a/train")
    try write(Self.pets, in: "a/test")
    try write([("Cat/1.pgm", 1)], in: "a/test")
    #expect(
      folder.importProblem("a")
        == "a/test/Cat: found class 'Cat', expected one of the 2 classes of the training images; there is "
        + "'cat', which differs only in upper and lower case")
    try write(Self.pets, in: "a/other")
    #expect(folder.importProblem("a").contains("a: found the folder other beside train, expected"))
    try write(Self.pets, in: "a/testing")
    #expect(folder.importProblem("a").contains("found the folders test and testing, expected one"))
    #expect(folder.importProblem("none").contains("none: cannot be read: No such file"))
    let error = dataError {
      _ = try folder.imported("a") { $0.size = ImageSize(rows: 4, columns: 4, channels: 5) }
    }
    #expect(
      error?.description == "`size` is 4x4x5, but an image of a folder has 1 or 3 channels"
        && error?.kind == .usage)
  }

  @Test("not with more than 256 folders, also of tests, which are counted first")
  func manyFolders() throws {
    try write(Self.pets, in: "a/train")
    for index in 0..<257 {
      try FileManager.default.createDirectory(
        atPath: folder.path("a/test/\(index)"), withIntermediateDirectories: true)
    }
    #expect(folder.importProblem("a") == "a/test: found 257 folders, expected at most 256 classes")
  }

  @Test("in one order, also of names that are one text with other bytes")
  func canonicalNames() throws {
    try write(
      Self.pets + [("cat/\u{e9}.pgm", 20), ("dog/e\u{301}.pgm", 30), ("cat/f.pgm", 40)],
      in: "a/train")
    try write([("dog/1.pgm", 7), ("cat/1.pgm", 8)], in: "a/test")
    // By bytes: the letter e with an accent after it, f, and the composed letter.
    #expect(values(try folder.imported("a").dataset.training) == [1, 101, 2, 10, 30, 40, 20])
  }

  @Test("by a path with a slash at its end, which errors name once")
  func slash() throws {
    try write(Self.pets, in: "a/train")
    try folder.write(pgm(1, 2, [1, 2]), to: "a/train/dog/3.pgm")
    try write([("dog/1.pgm", 7)], in: "a/test")
    let found = folder.importProblem("a/")
    #expect(found.hasPrefix("a/train/dog/3.pgm: found 1 x 2 pixels"), "\(found)")
    try FileManager.default.removeItem(atPath: folder.path("a/test"))
    try FileManager.default.moveItem(atPath: folder.path("a/train"), toPath: folder.path("b"))
    #expect(folder.importProblem("b/").hasPrefix("b/dog/3.pgm: found 1 x 2 pixels"))
  }
}
