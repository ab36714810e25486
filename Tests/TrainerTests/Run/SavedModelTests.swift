import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import Training

@Suite("A saved model")
struct SavedModelTests {
  let folder: TemporaryFolder
  let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    dataset = try SyntheticImages.dataset(trainingCount: 20, testCount: 10)
  }

  @discardableResult
  func write(_ name: String, data: ModelData?) throws -> String {
    let path = folder.path(name)
    try ModelFile.write(
      ModelFileTests.model(testArchitecture()), architecture: testArchitecture(), data: data,
      path: path)
    return path
  }

  /// A run directory whose record is of the data set, given by its directory.
  func makeRun(digests: [String: String]) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder.path("run"), withIntermediateDirectories: true)
    let bytes = try RunFiles().configuration()
    var record = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    record["settings"] = ["data": folder.path("small")]
    record["dataset"] = [
      "name": "synthetic", "directory": "small", "training": 20, "test": 10, "rows": 6,
      "columns": 6, "classes": 5, "sha256": digests,
    ]
    try folder.write(
      [UInt8](try JSONSerialization.data(withJSONObject: record)), to: "run/config.json")
    return folder.path("run")
  }

  /// The message of an error that finding the model's data ends with.
  func message(_ model: SavedModel) throws -> String {
    let error = try #require(throws: DataError.self) {
      try model.locateData(environment: [:])
    }
    #expect(error.kind == .notFound)
    return error.description
  }

  @Test("is found in a run directory, with the directory of its data")
  func runDirectory() throws {
    let run = try makeRun(digests: dataset.fileDigests())
    try write("run/model.safetensors", data: ModelData(dataset))
    let model = try SavedModel(path: run)
    #expect(model.file.path == run + "/model.safetensors")
    let found = try message(model)
    #expect(found.contains("was trained on the data set synthetic, which cannot be found"))
    #expect(found.contains("`data`"))
    #expect(found.contains("\(folder.path("small")): cannot open the data directory"))
  }

  @Test("in a run directory of other data goes by its own description")
  func foreignDirectory() throws {
    _ = try makeRun(digests: ["train-images-idx3-ubyte": "0"])
    let path = try write("run/best.safetensors", data: ModelData(dataset))
    let model = try SavedModel(path: path)
    #expect(model.data == ModelData(dataset))
    #expect(try message(model).contains("unknown data set 'synthetic'"))
  }

  @Test("without a description takes that of the run whose directory it lies in")
  func older() throws {
    let run = try makeRun(digests: dataset.fileDigests())
    try write("run/model.safetensors", data: nil)
    #expect(try SavedModel(path: run).data == ModelData(dataset))
    let elsewhere = try SavedModel(path: try write("run/other.safetensors", data: nil))
    #expect(elsewhere.data == nil)
    #expect(try elsewhere.locateData(environment: [:]) == nil)
    #expect(elsewhere.warning(evaluatedOn: dataset) == nil)
  }

  @Test("beside a config.json of another program is read all the same")
  func otherProgram() throws {
    try folder.write(Array(#"{"architectures":["BertModel"]}"#.utf8), to: "hub/config.json")
    let path = try write("hub/model.safetensors", data: nil)
    #expect(try SavedModel(path: path).data == nil)
  }

  @Test("in a directory without one is missed by name")
  func noModel() throws {
    let run = try makeRun(digests: [:])
    let error = try #require(throws: TrainerError.self) { try SavedModel(path: run) }
    #expect(error.code == .dataNotFound)
    #expect(error.description.hasPrefix("\(run): found a directory without model.safetensors"))
  }

  @Test("warns of other data with both names and the files that differ")
  func warning() throws {
    let model = try SavedModel(path: try write("model", data: ModelData(dataset)))
    #expect(model.warning(evaluatedOn: dataset) == nil)
    let images = try SyntheticImages(count: 20, side: 6, seed: 9).images
    let other = Dataset(
      name: "other", directory: "/there", training: images, test: dataset.test, classCount: 5)
    let warning = try #require(model.warning(evaluatedOn: other))
    #expect(warning.contains("was trained on the data set synthetic"))
    #expect(warning.contains("other in /there"))
    #expect(warning.hasSuffix("train-images-idx3-ubyte, train-labels-idx1-ubyte"))
  }

  @Test("of images of another shape is refused, though the pixels are as many")
  func shape() throws {
    let model = try SavedModel(path: try write("model", data: ModelData(dataset)))
    func wide(_ set: ImageSet) -> ImageSet {
      ImageSet(rows: 4, columns: 9, pixels: set.pixels, labels: set.labels)
    }
    let other = Dataset(
      name: "wide", directory: "/there", training: wide(dataset.training),
      test: wide(dataset.test), classCount: 5)
    let error = try #require(throws: TrainerError.self) {
      try ModelEvaluation(
        [model.member], dataset: other, threads: 1,
        coreCount: 1)
    }
    #expect(error.code == .badData)
    #expect(error.description.contains("trained on images of 6 x 6 pixels; those of wide"))
    #expect(error.description.hasSuffix("have 4 x 9 pixels"))
  }
}
