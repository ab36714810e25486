import Foundation
import TestSupport
import Testing

/// One way in which a data set is not what it should be.
struct DataFault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let status: Int32
  let message: String
  let apply: @Sendable (TemporaryFolder) throws -> Void

  init(
    _ testDescription: String, _ status: Int32, _ message: String,
    _ apply: @escaping @Sendable (TemporaryFolder) throws -> Void
  ) {
    self.testDescription = testDescription
    self.status = status
    self.message = message
    self.apply = apply
  }

  static func replacing(
    _ name: String, _ description: String, _ message: String, status: Int32 = 65,
    _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> DataFault {
    DataFault(description, status, message) { folder in
      try folder.write(change(folder.bytes("small/\(name)")), to: "small/\(name)")
    }
  }

  static let all = [
    DataFault("a missing file", 66, "train-labels-idx1-ubyte") { folder in
      try FileManager.default.removeItem(atPath: folder.path("small/train-labels-idx1-ubyte"))
    },
    DataFault("a directory instead of a file", 65, "found a directory") { folder in
      let path = folder.path("small/t10k-images-idx3-ubyte")
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    },
    DataFault("a page saved as a packed file", 65, "train-labels-idx1-ubyte.gz: ") { folder in
      let name = "small/train-labels-idx1-ubyte"
      try FileManager.default.removeItem(atPath: folder.path(name))
      try folder.write(Array("<!DOCTYPE html><html></html>".utf8), to: name + ".gz")
    },
    DataFault("a truncated packed file", 65, "train-images-idx3-ubyte.gz: ") { folder in
      let name = "small/train-images-idx3-ubyte"
      let gzip = try Process.run(
        URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "gzip \"$0\"", folder.path(name)])
      gzip.waitUntilExit()
      try folder.write(Array(folder.bytes(name + ".gz").dropLast(100)), to: name + ".gz")
    },
    replacing(SmallDataset.trainingImages, "an empty file", "train-images-idx3-ubyte: ") { _ in
      []
    },
    replacing(SmallDataset.trainingImages, "another magic number", "byte 0: expected") {
      [1] + $0.dropFirst()
    },
    replacing(SmallDataset.trainingImages, "another element type", "byte 2: expected") {
      [0, 0, 13] + $0.dropFirst(3)
    },
    replacing(SmallDataset.trainingImages, "labels in place of images", "byte 3: expected") {
      [0, 0, 8, 1] + $0.dropFirst(4)
    },
    replacing(SmallDataset.trainingImages, "dimensions beyond the file", "declares 4294967295") {
      SmallDataset.imageHeader(count: 0xFFFF_FFFF) + $0.dropFirst(16)
    },
    replacing(SmallDataset.trainingImages, "huge images", "byte 8: found images of 4294967295") {
      SmallDataset.imageHeader(count: 600, rows: 0xFFFF_FFFF, columns: 8) + $0.dropFirst(16)
    },
    replacing(SmallDataset.trainingImages, "more data than promised", "found 38401") { $0 + [0] },
    replacing(SmallDataset.trainingImages, "less data than promised", "found 38399") {
      Array($0.dropLast())
    },
    replacing(SmallDataset.trainingLabels, "fewer labels than images", "found 599 labels") {
      SmallDataset.header(type: 8, dimensions: [599]) + $0.dropFirst(8).dropLast()
    },
    replacing(SmallDataset.testLabels, "a label that training has not", "found label 9 of sample") {
      Array($0.dropLast()) + [9]
    },
    replacing(SmallDataset.testImages, "test images of another size", "found images of 4 x 8") {
      SmallDataset.imageHeader(count: 200, rows: 4, columns: 8) + $0.dropFirst(16).prefix(6400)
    },
    replacing(SmallDataset.testLabels, "no samples", "byte 4: found 0 labels") { _ in
      SmallDataset.header(type: 8, dimensions: [0])
    },
  ]
}

@Suite("Invalid data")
struct DataErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  @Test(
    "it is refused by file, place, found and expected, and outputs stay as they were",
    arguments: DataFault.all)
  func refused(_ fault: DataFault) async throws {
    try fault.apply(folder)
    try folder.write(Array("old\n".utf8), to: "metrics")
    let result = try await Command.run(
      [
        "--data", "small", "--threads", "2", "--metrics", "metrics", "--save", "model",
        "--save-init", "start",
      ], in: folder)
    #expect(result.status == fault.status)
    #expect(result.errors.contains("trainer: error: small"), "\(result.errors)")
    #expect(result.errors.contains(fault.message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!folder.exists("model") && !folder.exists("start"))
    #expect(try folder.text("metrics") == "old\n")
    let shown = try await Command.run(["data", "info", "--data", "small"], in: folder)
    #expect(shown.status == fault.status)
  }

  @Test("a directory that is missing or a file is refused")
  func directory() async throws {
    let missing = try await Command.run(["--data", "none"], in: folder)
    #expect(missing.status == 66)
    #expect(missing.errors.contains("none: "))
    try folder.write([], to: "file")
    let file = try await Command.run(["--data", "file"], in: folder)
    #expect(file.status == 65)
    #expect(file.errors.contains("file: found a file, expected a directory"))
  }

  @Test("if MNIST is not found, the error names the places and the command that gets it")
  func notFound() async throws {
    let result = try await Command.run(["--dataset", "mnist"], in: folder)
    #expect(result.status == 66)
    #expect(result.errors.contains(folder.path(".cache/trainer/mnist")))
    #expect(
      result.errors.hasSuffix(
        """
          These commands get the data:
            trainer data fetch mnist
          A directory with the four IDX files can be given with --data.

        """), "\(result.errors)")
  }

  @Test("info counts classes, and verification accepts intact files")
  func good() async throws {
    let info = try await Command.run(["data", "info", "--data", "small"], in: folder)
    #expect(info.status == 0)
    #expect(info.output.contains("600 training and 200 test images of 8x8, 4 classes"))
    let verify = try await Command.run(["data", "verify", "--data", "small"], in: folder)
    #expect(verify.status == 0)
    #expect(verify.lines.filter { $0.contains(": ok, ") }.count == 4)
  }

  @Test("verification names every bad file and ends with code 65")
  func verify() async throws {
    for name in [SmallDataset.trainingLabels, SmallDataset.testLabels] {
      try folder.write(Array(folder.bytes("small/\(name)").dropLast()), to: "small/\(name)")
    }
    let result = try await Command.run(["data", "verify", "--data", "small"], in: folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("train-labels-idx1-ubyte: "))
    #expect(result.errors.contains("t10k-labels-idx1-ubyte: "))
    #expect(result.errors.contains("2 of 4 files"))
  }

  @Test("a directory named like a published data set can be fetched from and is checked")
  func fetch() async throws {
    let result = try await Command.run(
      [
        "data", "fetch", "mnist", "--mirror", "file://" + folder.path("small"), "--directory", "to",
      ],
      in: folder)
    #expect(result.status == 74)
    #expect(!folder.exists("to"))
    let unknown = try await Command.run(["data", "fetch", "cifar"], in: folder)
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("mnist, fashion-mnist"))
  }
}
