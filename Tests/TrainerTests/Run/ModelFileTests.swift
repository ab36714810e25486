import Foundation
import TestSupport
import Testing

@testable import Model
@testable import Training

@Suite("A model's file")
struct ModelFileTests {
  static func model(_ architecture: Architecture, seed: UInt64 = 4) -> ModelState {
    ModelState(network: Network(architecture, seed: seed), seed: seed, optimizerStateCount: 0)
  }

  /// Writes a model of an architecture and reads the file.
  static func file(
    _ architecture: Architecture, in folder: TemporaryFolder
  ) throws -> SafetensorsFile {
    let path = folder.path("model.safetensors")
    try ModelFile.write(model(architecture), architecture: architecture, path: path)
    return try SafetensorsFile.read(path: path)
  }

  /// A file with other tensors or other metadata.
  static func rewritten(
    _ file: SafetensorsFile, metadata: [String: String] = [:],
    tensors: [SafetensorsTensor]? = nil
  ) throws -> SafetensorsFile {
    let tensors = tensors ?? file.tensors
    var metadata = metadata
    if !metadata.isEmpty {
      metadata[ContentDigest.key] = ContentDigest.of(metadata: metadata, tensors: tensors)
    }
    try SafetensorsFile.write(path: file.path, tensors: tensors, metadata: metadata)
    return try SafetensorsFile.read(path: file.path)
  }

  static let architectures = [
    testArchitecture(), testArchitecture(batchNorm: false), testArchitecture(hidden: []),
    testArchitecture(hidden: [7, 6, 5], mode: .vanilla),
  ]

  @Test("gives back every bit and the architecture", arguments: architectures)
  func roundTrip(architecture: Architecture) throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(architecture, in: folder)
    let other = Self.model(architecture, seed: 5)
    let digest = WeightsDigest.of(Self.model(architecture))
    #expect(WeightsDigest.of(other) != digest)
    try ModelFile(file).read(into: other)
    #expect(WeightsDigest.of(other) == digest)
    #expect(try ModelFile(file).architecture() == architecture)
  }

  @Test("of another architecture names the first tensor that differs and changes nothing")
  func otherArchitecture() throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(testArchitecture(), in: folder)
    let cases = [
      (testArchitecture(hidden: [40, 23]), "dense2.weight", "[40, 24]", "[40, 23]"),
      (testArchitecture(side: 7), "dense1.weight", "[36, 40]", "[49, 40]"),
      (testArchitecture(batchNorm: false), "dense1.bias", "no such tensor", "[40]"),
      (testArchitecture(hidden: [40, 24, 5]), "batchnorm3.gamma", "no such tensor", "[5]"),
    ]
    for (architecture, tensor, found, expected) in cases {
      let state = Self.model(architecture)
      let before = ModelBits(state)
      let error = try #require(throws: WeightsError.self) {
        try ModelFile(file).read(into: state)
      }
      #expect(error.place == "tensor `\(tensor)`")
      #expect(error.description.hasPrefix(file.path))
      #expect(error.problem.contains(found) && error.problem.hasSuffix(expected))
      #expect(ModelBits(state) == before)
    }
  }

  @Test("with a tensor too many is refused by its name and changes nothing")
  func extraTensor() throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(testArchitecture(), in: folder)
    let extra = SafetensorsTensor(name: "dense9.weight", shape: [1], floats: [1])
    let longer = try Self.rewritten(
      file, metadata: file.metadata, tensors: file.tensors + [extra])
    let state = Self.model(testArchitecture(), seed: 5)
    let before = ModelBits(state)
    let error = try #require(throws: TrainerError.self) {
      try ModelFile(longer).read(into: state)
    }
    #expect(error.code.rawValue == 65)
    #expect(error.description.hasPrefix("\(file.path): tensor `dense9.weight`"))
    #expect(ModelBits(state) == before)
    #expect(throws: TrainerError.self) {
      try ModelFile(longer).state(ModelFile(longer).architecture())
    }
  }

  @Test("without metadata says its architecture by its tensors", arguments: architectures)
  func inferredArchitecture(architecture: Architecture) throws {
    let folder = try TemporaryFolder()
    let file = try Self.rewritten(try Self.file(architecture, in: folder))
    // What the tensors do not tell.
    var perceptron = try #require(Perceptron(architecture.model))
    perceptron.dropout = 0
    let expected = Architecture(
      input: Shape(architecture.inputCount), perceptron, classCount: architecture.classCount)
    #expect(try ModelFile(file).architecture() == expected)
  }

  @Test("with more layers than any network has is refused at once, with the limit")
  func layerLimit() throws {
    func guessed(hidden: Int) throws -> Architecture {
      let tensors = (1...(hidden + 1)).map {
        SafetensorsTensor(name: "dense\($0).weight", shape: [1, 1], floats: [0])
      }
      return try ModelFile(SafetensorsFile(path: "x", metadata: [:], tensors: tensors))
        .architecture()
    }
    #expect(try guessed(hidden: 1_000).model.items.count == 1_000)
    for hidden in [1_001, 20_000] {
      let error = #expect(throws: TrainerError.self) { try guessed(hidden: hidden) }
      #expect(error?.code == .badData)
      #expect(
        error?.description
          == "x: `hidden` of the network: found \(hidden) layers, expected at most 1000 layers")
    }
    var fields = Self.olderFields
    fields["hidden"] = [Int](repeating: 1, count: 5_000)
    let metadata = ["architecture": try Self.text(fields)]
    let error = #expect(throws: TrainerError.self) {
      try ModelFile(
        SafetensorsFile(
          path: "x",
          metadata: metadata.merging(
            [ContentDigest.key: ContentDigest.of(metadata: metadata, tensors: [])]) { $1 },
          tensors: [])
      ).architecture()
    }
    #expect(error?.description.contains("found 5000 layers, expected at most 1000 layers") == true)
  }

  @Test("that holds no network is refused with what it holds")
  func noNetwork() throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(testArchitecture(), in: folder)
    let other = try Self.rewritten(
      file, tensors: [SafetensorsTensor(name: "conv1.weight", shape: [2], floats: [1, 2])])
    let error = try #require(throws: TrainerError.self) { try ModelFile(other).architecture() }
    #expect(error.code == .badData)
    #expect(error.description.contains("conv1.weight"))
  }

  @Test(
    "whose description no network can have is refused, not built",
    arguments: [
      ("hidden", "[-1,24]", "found [-1, 24]"),
      ("hidden", "[0,24]", "found [0, 24]"),
      ("hidden", "[9000000000000000000,24]", "found [9000000000000000000, 24]"),
      ("inputCount", "-36", "found [-36]"),
      ("classCount", "0", "found 0, expected 1 to 256"),
      ("classCount", "257", "found 257"),
      ("dropout", "1", "found 1.0"),
      ("dropout", "-0.5", "found -0.5"),
      ("hidden", "[65536,65536]", "F32 [36, 40]"),
      ("dropoutMode", "\"odd\"", "metadata `architecture`"),
    ])
  func impossibleOlderDescription(field: String, value: String, message: String) throws {
    try Self.expectRefusal(of: Self.olderFields, with: field, value, message: message)
  }

  @Test(
    "whose model no network can have is refused, not built",
    arguments: [
      ("model", "\"dense 40, dense 0\"", "character 17: found `0`"),
      ("model", "\"residual(conv 4x3 valid)\"", "the block gives 4x4x4, its input is 6x6x1"),
      ("model", "40", "metadata `architecture`"),
      ("input", "[]", "found []"), ("input", "[6, -6]", "found [6, -6]"),
      ("input", "[4194304]", "found [4194304]"),
      ("input", "[1024, 1024, 2]", "found [1024, 1024, 2]"),
      ("input", "[1, 1, 6, 6]", "found [1, 1, 6, 6]"),
      ("classCount", "0", "found 0, expected 1 to 256"),
      ("model", "\"dense 65536 bn relu\"", "F32 [36, 40]"),
    ])
  func impossibleDescription(field: String, value: String, message: String) throws {
    let folder = try TemporaryFolder()
    let text = try #require(
      try Self.file(testArchitecture(), in: folder).metadata["architecture"])
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    try Self.expectRefusal(of: fields, with: field, value, message: message)
  }

  @Test("of a version without models is the same network", arguments: [true, false])
  func olderDescription(batchNorm: Bool) throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(testArchitecture(batchNorm: batchNorm), in: folder)
    var fields = Self.olderFields
    fields["batchNorm"] = batchNorm
    let older = try Self.rewritten(file, metadata: ["architecture": try Self.text(fields)])
    let architecture = try ModelFile(older).architecture()
    #expect(
      architecture
        == Architecture(
          input: Shape(36), Perceptron(hidden: [40, 24], batchNorm: batchNorm), classCount: 5))
    _ = try ModelFile(older).state(architecture)
  }

  /// How versions without models describe `testArchitecture()`.
  private static var olderFields: [String: Any] {
    [
      "inputCount": 36, "hidden": [40, 24], "classCount": 5, "batchNorm": true, "dropout": 0.2,
      "dropoutMode": "inverted",
    ]
  }

  private static func text(_ fields: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
  }

  private static func expectRefusal(
    of fields: [String: Any], with field: String, _ value: String, message: String
  ) throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(testArchitecture(), in: folder)
    var fields = fields
    fields[field] = try JSONSerialization.jsonObject(
      with: Data(value.utf8), options: .fragmentsAllowed)
    let changed = try Self.text(fields)
    let bad = try Self.rewritten(file, metadata: ["architecture": changed])
    do {
      _ = try ModelFile(bad).state(ModelFile(bad).architecture())
      Issue.record("took \(changed)")
    } catch {
      #expect("\(error)".hasPrefix(file.path))
      #expect("\(error)".contains(message))
    }
  }
}
