import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Model

@Suite("Safetensors files")
struct SafetensorsTests {
  /// A file written by hand: two tensors and metadata; the header ends in six spaces.
  static let golden: [UInt8] = {
    let header =
      #"{"__metadata__":{"step":"3"},"#
      + #""b":{"data_offsets":[8,24],"dtype":"I64","shape":[2]},"#
      + #""w":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]}}      "#
    var bytes: [UInt8] = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
    bytes += header.utf8
    bytes += [0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xC0]
    bytes += [0x05, 0, 0, 0, 0, 0, 0, 0]
    bytes += [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    return bytes
  }()

  static let goldenTensors = [
    SafetensorsTensor(name: "w", shape: [2, 1], floats: [1, -2]),
    SafetensorsTensor(
      name: "b", dtype: .int64, shape: [2],
      bytes: [5, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
  ]

  static func parse(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile.parse(path: "x", byteCount: bytes.count) { range in
      // The reader must never ask for what is not there.
      try #require(range.lowerBound >= 0 && range.upperBound <= bytes.count)
      return Array(bytes[range])
    }
  }

  static func file(header: String, data: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  @Test("the bytes written are those the format prescribes")
  func goldenWritten() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.safetensors")
    try SafetensorsFile.write(
      path: path, tensors: Self.goldenTensors, metadata: ["step": "3"])
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(bytes == Self.golden)
    #expect((8 + Int(bytes[0])) % 8 == 0)
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test("a file laid out by hand is read")
  func goldenRead() throws {
    let file = try Self.parse(Self.golden)
    #expect(file.metadata == ["step": "3"])
    #expect(file.tensors == Self.goldenTensors)
    #expect(try file.floats(named: "w", shape: [2, 1]) == [1, -2])
  }

  @Test("fields that the format may gain later are passed over")
  func unknownField() throws {
    let header = #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"extra":"x"}}"#
    #expect(try Self.parse(Self.file(header: header, data: 2)).tensors.count == 1)
  }

  @Test("what is written is read back: every type, any shape, any bits, any name")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(String(repeating: "n", count: 255))
    var tensors = SafetensorsType.allCases.map { type in
      SafetensorsTensor(
        name: "z \"\(type.rawValue)\" \\ é\n", dtype: type, shape: [1, 3],
        bytes: (0..<UInt8(3 * type.byteCount)).map { $0 &* 37 })
    }
    let odd: [Float] = [
      .nan, Float(bitPattern: 0x7FA0_1234), -0.0, .infinity, .leastNonzeroMagnitude,
    ]
    tensors.append(SafetensorsTensor(name: "odd", shape: [5], floats: odd))
    tensors.append(SafetensorsTensor(name: "a scalar", shape: [], floats: [7]))
    tensors.append(SafetensorsTensor(name: "nothing", shape: [4, 0, 2], floats: []))
    let metadata = ["": "", "name: \"x\"": "{\\}: 日本"]
    try SafetensorsFile.write(path: path, tensors: tensors, metadata: metadata)
    let file = try SafetensorsFile.read(path: path)
    #expect(file.tensors == tensors)
    #expect(file.metadata == metadata)
    #expect(
      try file.floats(named: "odd", shape: [5]).map(\.bitPattern) == odd.map(\.bitPattern))

    try SafetensorsFile.write(path: path, tensors: [])
    #expect(try SafetensorsFile.read(path: path).tensors.isEmpty)
  }

  @Test("a tensor that is missing, or of another type or shape, is named with what was found")
  func wrongTensor() throws {
    let file = try Self.parse(Self.golden)
    #expect(throws: WeightsError.tensor("v", found: "no such tensor", expected: "F32 [2, 1]")) {
      try file.floats(named: "v", shape: [2, 1])
    }
    #expect(throws: WeightsError.tensor("w", found: "F32 [2, 1]", expected: "F32 [1, 2]")) {
      try file.floats(named: "w", shape: [1, 2])
    }
    #expect(throws: WeightsError.tensor("b", found: "I64 [2]", expected: "F32 [2]")) {
      try file.floats(named: "b", shape: [2])
    }
  }

  @Test("tensors that no file can hold are refused before anything is written")
  func invalidTensors() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    let one = SafetensorsTensor(name: "a", shape: [1], floats: [1])
    let reserved = SafetensorsTensor(name: "__metadata__", shape: [1], floats: [1])
    let uneven = SafetensorsTensor(name: "a", shape: [2], floats: [1])
    let uncountable = SafetensorsTensor(name: "a", shape: [.max, 2], floats: [1])
    let negative = SafetensorsTensor(name: "a", shape: [-1, -1], floats: [1])
    for tensors in [[one, one], [reserved], [uneven], [uncountable], [negative]] {
      #expect(throws: WeightsError.self) {
        try SafetensorsFile.write(path: path, tensors: tensors)
      }
    }
    #expect(try folder.names().isEmpty)
  }

  @Test("what is no readable file is refused, and says what it is")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: FileError.self) {
      try SafetensorsFile.read(path: folder.path("none"))
    }
    #expect(missing?.isMissing == true)
    #expect(missing?.description.hasPrefix(folder.path("none") + ": ") == true)
    let directory = #expect(throws: FileError.self) {
      try SafetensorsFile.read(path: folder.path(""))
    }
    #expect(
      directory?.reason == .unexpected(found: "a directory", expected: "a regular file"))
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let piped = #expect(throws: FileError.self) { try SafetensorsFile.read(path: pipe) }
    #expect(piped?.reason == .unexpected(found: "a named pipe", expected: "a regular file"))
    #expect(FileManager.default.createFile(atPath: folder.path("empty"), contents: nil))
    #expect(throws: WeightsError.self) { try SafetensorsFile.read(path: folder.path("empty")) }
  }
}

extension SafetensorsTests {
  @Test("with very many tensors has each of them at hand")
  func manyTensors() throws {
    let count = 40_000
    let file = SafetensorsFile(
      path: "x", metadata: [:],
      tensors: (0..<count).map {
        SafetensorsTensor(name: "t\($0)", shape: [1], floats: [Float($0)])
      })
    let seconds = try ThreadTime.seconds {
      for number in 0..<count {
        try #require(try file.floats(named: "t\(number)", shape: [1]) == [Float(number)])
      }
    }
    // A search through all of them takes 800 million comparisons.
    #expect(seconds < 5)
    #expect(file.tensor(named: "t\(count)") == nil)
  }
}

extension WeightsError {
  fileprivate static func tensor(_ name: String, found: String, expected: String) -> WeightsError {
    WeightsError(file: "x", place: "tensor `\(name)`", found: found, expected: expected)
  }
}
