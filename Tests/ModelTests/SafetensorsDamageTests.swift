import TestSupport
import Testing

@testable import Model
@testable import Parallel

@Suite("A damaged or forged safetensors file")
struct SafetensorsDamageTests {
  @Test("a file cut short at any byte is refused")
  func truncated() {
    for count in 0..<SafetensorsTests.golden.count {
      let error = #expect(throws: WeightsError.self) {
        try SafetensorsTests.parse(Array(SafetensorsTests.golden.prefix(count)))
      }
      #expect(error?.file == "x", "cut to \(count) bytes")
    }
    #expect(throws: WeightsError.self) { try SafetensorsTests.parse(SafetensorsTests.golden + [0]) }
  }

  @Test("any one bit of length and header turned over is refused or leaves a valid file")
  func bitFlips() throws {
    var refused = 0
    for bit in 0..<8 * (SafetensorsTests.golden.count - 24) {
      var bytes = SafetensorsTests.golden
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if try !isValid(bytes) { refused += 1 }
    }
    #expect(refused > 8 * 100)
  }

  @Test("random damage of one to four bytes is refused or leaves a valid file")
  func randomDamage() throws {
    var random = RandomStream(seed: 2, purpose: .initialization)
    var refused = 0
    for _ in 0..<1000 {
      var bytes = SafetensorsTests.golden
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
      let file = try SafetensorsTests.parse(bytes)
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
      try SafetensorsTests.parse(SafetensorsTests.file(header: header, data: data))
    }
    let description = try #require(error).description
    #expect(description.hasPrefix("x: "))
    #expect(description.contains(message), "\(description)")
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
      let bytes = SafetensorsTests.file(header: "{\(members)}", data: 1)
      var error: WeightsError?
      let seconds = ThreadTime.seconds {
        error = #expect(throws: WeightsError.self) { try SafetensorsTests.parse(bytes) }
      }
      #expect(
        error?.description == "x: header: found \(count) JSON values, expected at most 200000")
      // Decoding takes ten times as long.
      #expect(seconds < 1)
    }
  }
}
