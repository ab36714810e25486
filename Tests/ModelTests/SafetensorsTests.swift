import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Model
@testable import Parallel

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

  @Test("a file cut short at any byte is refused")
  func truncated() {
    for count in 0..<Self.golden.count {
      let error = #expect(throws: WeightsError.self) {
        try Self.parse(Array(Self.golden.prefix(count)))
      }
      #expect(error?.file == "x", "cut to \(count) bytes")
    }
    #expect(throws: WeightsError.self) { try Self.parse(Self.golden + [0]) }
  }

  @Test("any one bit of length and header turned over is refused or leaves a valid file")
  func bitFlips() throws {
    var refused = 0
    for bit in 0..<8 * (Self.golden.count - 24) {
      var bytes = Self.golden
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if try !isValid(bytes) { refused += 1 }
    }
    #expect(refused > 8 * 100)
  }

  @Test("random damage of one to four bytes is refused or leaves a valid file")
  func randomDamage() throws {
    var random = RandomStream(seed: 2, purpose: .initialisation)
    var refused = 0
    for _ in 0..<1000 {
      var bytes = Self.golden
      for _ in 0...random.next(below: 4) {
        let place = Int(random.next(below: UInt32(bytes.count)))
        bytes[place] ^= UInt8(1 + random.next(below: 255))
      }
      if try !isValid(bytes) { refused += 1 }
    }
    #expect(refused > 700)
  }

  /// Whether a file is accepted; what is accepted must be a file, whose tensors can be written.
  private func isValid(_ bytes: [UInt8]) throws -> Bool {
    do {
      let file = try Self.parse(bytes)
      #expect(file.tensors.reduce(0) { $0 + $1.bytes.count } == 24)
      _ = try SafetensorsHeader(tensors: file.tensors, metadata: file.metadata, file: "y")
      return true
    } catch is WeightsError {
      return false
    }
  }

  @Test(
    "a header that breaks a rule is refused with the rule and the place",
    arguments: [
      ("", 0, "byte 8: found nothing"),
      ("  {}", 0, "byte 8: found byte 0x20"),
      ("[]", 0, "byte 8: found byte 0x5b"),
      ("{\"a\": 1}", 0, "header"),
      ("{\"a\": {}}", 0, "header: found no `dtype` at `a`"),
      (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "no `data_offsets` at `a`"),
      (#"{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}}"#, 4, "at `a.shape"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, 4, "byte 0x78 at its end"),
      (
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}\n", 4,
        "byte 0xa at its end"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}"#, 4, "around character 54"),
      (#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4, "found `F31`, expected one"),
      (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "`a`, shape: found [-1]"),
      (
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4,
        "`a`, shape: found [4294967296, 4294967296]"
      ),
      (
        #"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,4]}}"#, 4,
        "`a`, shape"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}"#, 4,
        "at `a.data_offsets"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "data_offsets: found [4, 0]"),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4,
        "data_offsets: found [-4, 0]"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "data_offsets: found [0]"),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, 8,
        "found 8 bytes, expected 4 for F32 [1]"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "data: found 5 bytes"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3, "data: found 3 bytes"),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
        "found a start at 4, expected 0"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}"#, 7,
        "`b`, data_offsets: found a start at 3, expected 4"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
          + #""a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 4, "each name only once"
      ),
      (
        #"{"a":{"dtype":"F32","dtype":"U8","shape":[1],"data_offsets":[0,4]}}"#, 4,
        "each name only once"
      ),
      (#"{"__metadata__":{"a":1}}"#, 0, "at `__metadata__.a`"),
      (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "each name only once"),
      ("{\"a\0\":{}}", 0, "bytes that are not text"),
    ])
  func brokenHeader(header: String, data: Int, message: String) throws {
    let error = #expect(throws: WeightsError.self) {
      try Self.parse(Self.file(header: header, data: data))
    }
    let description = try #require(error).description
    #expect(description.hasPrefix("x: "))
    #expect(description.contains(message), "\(description)")
  }

  @Test("fields that the format may gain later are passed over")
  func unknownField() throws {
    let header = #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"extra":"x"}}"#
    #expect(try Self.parse(Self.file(header: header, data: 2)).tensors.count == 1)
  }

  @Test(
    "a promised header beyond the file or the format's limit is refused before it is asked for",
    arguments: [
      (UInt64(93), 100, "found 93, expected at most 92"), (.max, 100, "expected at most 92"),
      (100_000_001, 300_000_000, "expected at most 100000000, the format's limit"),
    ])
  func hugeHeader(length: UInt64, byteCount: Int, message: String) throws {
    let error = #expect(throws: WeightsError.self) {
      try SafetensorsFile.parse(path: "x", byteCount: byteCount) { range in
        try #require(range == 0..<8)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      }
    }
    #expect(try #require(error).description.contains(message))
  }

  @Test("a table of very many tensors, or of very long shapes, is refused before it is decoded")
  func hugeTable() throws {
    let tensors = (0..<100_000).map {
      "\"t\($0)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}"
    }
    let shape = [String](repeating: "1", count: 1_000_000).joined(separator: ",")
    for (members, count) in [
      (tensors.joined(separator: ","), 700_000),
      ("\"a\":{\"dtype\":\"U8\",\"shape\":[\(shape)],\"data_offsets\":[0,1]}", 1_000_006),
    ] {
      let bytes = Self.file(header: "{\(members)}", data: 1)
      var error: WeightsError?
      let seconds = ThreadTime.seconds {
        error = #expect(throws: WeightsError.self) { try Self.parse(bytes) }
      }
      #expect(
        error?.description == "x: header: found \(count) JSON values, expected at most 200000")
      // Decoding takes ten times as long.
      #expect(seconds < 1)
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
