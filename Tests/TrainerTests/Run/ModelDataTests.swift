import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Training

@Suite("The data in a model's file")
struct ModelDataTests {
  let folder: TemporaryFolder
  let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    dataset = try SyntheticImages.dataset(trainingCount: 20, testCount: 10)
  }

  /// Writes a model and reads its file.
  func file(
    data: ModelData?, as name: String = "model.safetensors"
  ) throws -> SafetensorsFile {
    let path = folder.path(name)
    try ModelFile.write(
      ModelFileTests.model(testArchitecture()), architecture: testArchitecture(), data: data,
      path: path)
    return try SafetensorsFile.read(path: path)
  }

  /// The file with another description of the data, under a right digest.
  func changed(_ key: String, _ value: Any, in metadataKey: String = "dataset") throws
    -> SafetensorsFile
  {
    let file = try file(data: ModelData(dataset))
    var metadata = file.metadata
    if metadataKey == "dataset" {
      let text = try #require(metadata["dataset"])
      var fields = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      fields[key] = value
      metadata["dataset"] = String(
        decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
    } else {
      metadata[metadataKey] = "\(value)"
    }
    return try ModelFileTests.rewritten(file, metadata: metadata)
  }

  @Test("is the data set's name, digests and shape, and what the network computes with")
  func content() throws {
    let file = try file(data: ModelData(dataset))
    let data = try #require(try ModelFile(file).data())
    #expect(data == ModelData(dataset))
    #expect(data.name == "synthetic")
    #expect(data.sha256 == dataset.fileDigests())
    #expect((data.rows, data.columns, data.channels) == (6, 6, 1))
    #expect(data.classNames == nil)
    #expect(file.metadata["input_scale"] == "1/255")
    #expect(file.metadata["batch_norm_epsilon"] == "1e-05")
    #expect(file.metadata.values.allSatisfy { !$0.contains(folder.path("")) })
  }

  @Test("has the channels of the images; an older record, which does not name them, means one")
  func channels() throws {
    func images(_ count: Int) throws -> ImageSet {
      ImageSet(
        rows: 3, columns: 4, channels: 3,
        pixels: try ByteStorage([UInt8](repeating: 9, count: 36 * count)),
        labels: try ByteStorage([UInt8](repeating: 0, count: count)))
    }
    let colored = Dataset(
      name: "colors", directory: "none", training: try images(2), test: try images(1),
      classCount: 1)
    let record = DatasetRecord(colored, sha256: colored.fileDigests())
    #expect(record.imageSize == ImageSize(rows: 3, columns: 4, channels: 3))
    let encoded = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(DatasetRecord.self, from: encoded) == record)
    #expect(ModelData(record) == ModelData(colored))
    #expect(ModelData(colored).channels == 3)
    var fields = try #require(
      try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    #expect(fields.removeValue(forKey: "channels") as? Int == 3)
    let older = try JSONDecoder().decode(
      DatasetRecord.self, from: JSONSerialization.data(withJSONObject: fields))
    #expect(older.imageSize == ImageSize(rows: 3, columns: 4))
  }

  @Test("changes no weight, and equal runs write equal bytes")
  func equalBytes() throws {
    let with = try file(data: ModelData(dataset))
    let bytes = try folder.bytes("model.safetensors")
    _ = try file(
      data: ModelData(try SyntheticImages.dataset(trainingCount: 20, testCount: 10)), as: "again")
    #expect(try folder.bytes("again") == bytes)
    let without = try file(data: nil, as: "without")
    #expect(with.tensors == without.tensors)
    #expect(try ModelFile(without).architecture() == ModelFile(with).architecture())
  }

  @Test("is written by a run")
  func run() throws {
    let run = try TrainingRunTests.run { $0.epochs = 1 }
    try run.train(observers: [])
    let path = folder.path("model.safetensors")
    try run.writeModel(path: path)
    #expect(
      try ModelFile(SafetensorsFile.read(path: path)).data() == ModelData(run.dataset))
  }

  @Test("is unknown in older files and those of other programs")
  func older() throws {
    #expect(try ModelFile(file(data: nil)).data() == nil)
    let other = try ModelFileTests.rewritten(try file(data: ModelData(dataset)))
    #expect(try ModelFile(other).data() == nil)
    var older = try file(data: ModelData(dataset)).metadata
    for key in ["dataset", "input_scale", "batch_norm_epsilon"] { older[key] = nil }
    let file = try ModelFileTests.rewritten(other, metadata: older)
    #expect(try ModelFile(file).data() == nil)
    #expect(try ModelFile(file).architecture() == testArchitecture())
  }

  @Test(
    "that does not fit the network is refused",
    arguments: [
      ("rows", "7", "found images of 7 x 6 pixels"), ("columns", "-6", "found images of 6 x -6"),
      ("rows", "9223372036854775807", "expected 6x6x1, 36 values"),
      ("channels", "3", "with 3 values each"), ("channels", "0", "with 0 values each"),
      ("channels", "9223372036854775807", "with 9223372036854775807 values each"),
      ("class_names", "[\"a\",\"b\"]", "found 2 class names, expected 5"),
      (
        "sha256", #"{"a":"","b":"","c":"","d":"","e":""}"#, "found 5 digests, expected at most 4"
      ),
      (
        "name", "\"\(String(repeating: "a", count: 5000))\"",
        "found a name of 5000 bytes, expected at most 4096"
      ),
      ("class_names", #"["a","b","c","d","a"]"#, "found `a`, the name of two classes"),
      (
        "class_names", #"["a","b\u009b","c","d","b\u009b"]"#,
        "found `b\u{FFFD}`, the name of two classes"
      ),
      ("class_names", #"["a","b","","d","e"]"#, "found no text for class 2"),
      (
        "class_names", "[\"\(String(repeating: "a", count: 1 << 20))\"]",
        "found class names of 1048577 bytes, expected at most 1048576"
      ),
      ("rows", "\"six\"", "expected the JSON object"), ("name", "null", "expected the JSON object"),
    ])
  func mismatch(key: String, value: String, message: String) throws {
    let file = try changed(
      key, try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed))
    let error = try #require(throws: TrainerError.self) { try ModelFile(file).data() }
    #expect(error.code == .badData)
    #expect(error.description.hasPrefix("\(file.path): metadata `dataset`: "))
    #expect(error.description.contains(message))
  }

  @Test(
    "of a network that computes otherwise is refused",
    arguments: [("input_scale", "1/128"), ("batch_norm_epsilon", "0.001")])
  func otherArithmetic(key: String, value: String) throws {
    let file = try changed("", value, in: key)
    let error = try #require(throws: TrainerError.self) { try ModelFile(file).architecture() }
    #expect(error.description.contains("metadata `\(key)`: found \(value), expected 1"))
  }

  @Test("names the files that differ from a data set's")
  func difference() throws {
    let data = ModelData(dataset)
    #expect(data.differingFiles(of: dataset) == [])
    let other = try SyntheticImages.dataset(trainingCount: 20, testCount: 11)
    #expect(
      data.differingFiles(of: other) == ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
  }
}
