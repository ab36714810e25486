import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite("The names of a data set's files")
struct OtherNamesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Writes a data set, and renames its files.
  private func write(packed: Bool, _ name: (String) -> String) throws {
    _ = try folder.writeDataset(in: "a", packed: packed)
    for file in DatasetFile.allCases {
      let old = packed ? file.packedName : file.plainName
      try FileManager.default.moveItem(
        atPath: folder.path("a/\(old)"), toPath: folder.path("a/\(name(old))"))
    }
  }

  private var location: DatasetLocation { DatasetLocation(name: "a", directory: folder.path("a")) }

  @Test("may have a full stop before idx, as in Kaggle's copy of MNIST", arguments: [true, false])
  func fullStop(packed: Bool) throws {
    try write(packed: packed) { $0.replacing("-idx", with: ".idx") }
    #expect(try Dataset.load(from: location).training.count == 3)
    // Kaggle's archive has folders of the usual names too.
    for file in DatasetFile.allCases {
      try folder.write([1], to: "a/\(file.plainName)/\(file.plainName)")
    }
    #expect(try Dataset.load(from: location).training.count == 3)
  }

  @Test("that are similar are listed with the right ones")
  func similar() throws {
    try write(packed: true) { "my-" + $0.replacing("t10k", with: "test") }
    guard case .usualNames(let names) = dataError({ _ = try location.files() })?.missing else {
      Issue.record("the names are not recognized")
      return
    }
    #expect(names.names.map(\.usual) == DatasetFile.allCases.map(\.packedName))
    #expect(names.names[2].found == "my-test-images-idx3-ubyte.gz")
    #expect(names.transposed == nil)
  }

  @Test("of color images may be expected with idx4, and are asked to be renamed")
  func fourDimensions() throws {
    try write(packed: false) { "my-" + $0.replacing("idx3", with: "idx4") }
    guard case .usualNames(let names) = dataError({ _ = try location.files() })?.missing else {
      Issue.record("the names are not recognized")
      return
    }
    #expect(names.names.map(\.usual) == DatasetFile.allCases.map(\.plainName))
    #expect(names.names[0].found == "my-train-images-idx4-ubyte")
  }

  @Test("of EMNIST are not taken for upright images")
  func transposed() throws {
    try write(packed: false) { "emnist-letters-" + $0.replacing("t10k", with: "test") }
    guard case .usualNames(let names) = dataError({ _ = try location.files() })?.missing else {
      Issue.record("the names are not recognized")
      return
    }
    #expect(names.transposed?.name == "emnist-letters")
  }

  @Test("are asked for if a directory has none of them")
  func none() throws {
    try folder.write([1], to: "a/cat/1.png")
    #expect(dataError { _ = try location.files() }?.missing == .directory)
  }
}
