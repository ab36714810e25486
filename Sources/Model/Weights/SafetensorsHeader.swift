import Foundation
import Parallel

/// The header of a safetensors file, a JSON object.
struct SafetensorsHeader: Equatable {
  /// A tensor's name, type and shape, and the byte range of its data.
  struct Entry: Equatable {
    let name: String
    let dtype: SafetensorsType
    let shape: [Int]
    let offsets: Range<Int>
  }

  /// The format's limit for the size of the header, in bytes.
  static let maximumByteCount = 100_000_000
  /// The maximum number of JSON values: a limit of this reader against malicious headers, which
  /// could cost much time and memory.
  ///
  /// Ten thousand tensors have fewer values.
  static let maximumValueCount = 200_000
  private static let metadataKey = "__metadata__"

  var metadata: [String: String]
  /// The tensors in the order of their data.
  var entries: [Entry]

  /// Decodes a header and checks all requirements of the format.
  ///
  /// - Parameters:
  ///   - bytes: The header, without the 8 bytes of its length.
  ///   - dataByteCount: The number of bytes after the header in the file.
  ///   - file: The path for messages.
  /// - Throws: ``WeightsError`` that names the place, what was found and what was expected.
  init(_ bytes: [UInt8], dataByteCount: Int, file: String) throws {
    func invalid(_ place: String, found: String, expected: String) -> WeightsError {
      WeightsError(file: file, place: place, found: found, expected: expected)
    }
    guard bytes.first == UInt8(ascii: "{") else {
      let found = bytes.first.map { "byte 0x" + String($0, radix: 16) } ?? "nothing"
      throw invalid("byte 8", found: found, expected: "`{`, the start of the JSON header")
    }
    // The format allows only spaces as padding; no other check would detect a change to other white
    // space.
    if let last = bytes.last(where: { $0 != UInt8(ascii: " ") }), last != UInt8(ascii: "}") {
      throw invalid(
        "header", found: "byte 0x" + String(last, radix: 16) + " at its end",
        expected: "`}`, followed only by spaces")
    }
    // A NUL byte would make the decoder treat the header as UTF-16.
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw invalid("header", found: "bytes that are not text", expected: "JSON in UTF-8")
    }
    let structure = JSONStructure(bytes)
    guard structure.valueCount <= Self.maximumValueCount else {
      throw invalid(
        "header", found: "\(structure.valueCount) JSON values",
        expected: "at most \(Self.maximumValueCount)")
    }
    let items: [String: Item]
    do {
      items = try JSONDecoder().decode([String: Item].self, from: Data(bytes))
    } catch {
      throw invalid(
        "header", found: Self.reason(error, in: bytes),
        expected: "a JSON object that describes the tensors")
    }
    let keyCount = items.count + items.values.reduce(0) { $0 + $1.keyCount }
    guard structure.keyCount == keyCount else {
      throw invalid(
        "header", found: "\(structure.keyCount) keys, of which \(keyCount) are different",
        expected: "each name only once")
    }

    metadata = [:]
    entries = []
    for (name, item) in items.sorted(by: { $0.key < $1.key }) {
      switch item {
      case .metadata(let values) where name == Self.metadataKey: metadata = values
      case .tensor(let entry, _) where name != Self.metadataKey:
        entries.append(try entry.checked(name: name, invalid))
      case .metadata, .tensor:
        throw invalid(
          "header, `\(name)`", found: "neither a tensor nor the metadata",
          expected: "`dtype`, `shape` and `data_offsets`, or strings under `\(Self.metadataKey)`")
      }
    }
    entries.sort {
      ($0.offsets.lowerBound, $0.offsets.upperBound, $0.name)
        < ($1.offsets.lowerBound, $1.offsets.upperBound, $1.name)
    }
    var end = 0
    for entry in entries {
      guard entry.offsets.lowerBound == end else {
        throw invalid(
          "tensor `\(entry.name)`, data_offsets", found: "a start at \(entry.offsets.lowerBound)",
          expected: "\(end), the end of the previous tensor")
      }
      end = entry.offsets.upperBound
    }
    guard end == dataByteCount else {
      throw invalid(
        "data", found: "\(dataByteCount) bytes", expected: "\(end), the end of the last tensor")
    }
  }

  /// Creates the header of tensors that are written one after another.
  ///
  /// - Parameters:
  ///   - tensors: The tensors, in the order of their data.
  ///   - metadata: Arbitrary text by name.
  ///   - file: The path for messages.
  /// - Throws: ``WeightsError`` for a name that is used twice or reserved, and for a shape that
  ///   does not fit the number of bytes.
  init(tensors: [SafetensorsTensor], metadata: [String: String], file: String) throws {
    self.metadata = metadata
    entries = []
    var names: Set<String> = [Self.metadataKey]
    var end = 0
    for tensor in tensors {
      let place = "tensor `\(tensor.name)`"
      guard names.insert(tensor.name).inserted else {
        throw WeightsError(
          file: file, place: place, found: "a name that is already used",
          expected: "each name only once, and never `\(Self.metadataKey)`")
      }
      let needed = SafetensorsTensor.byteCount(shape: tensor.shape, dtype: tensor.dtype)
      guard needed == tensor.bytes.count else {
        throw WeightsError(
          file: file, place: place, found: "\(tensor.bytes.count) bytes",
          expected: "\(needed.map(String.init) ?? "a valid number") "
            + "for \(tensor.dtype.rawValue) \(tensor.shape)")
      }
      let offsets = end..<end + tensor.bytes.count
      entries.append(
        Entry(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, offsets: offsets))
      end = offsets.upperBound
    }
  }

  /// Encodes the header as JSON with sorted keys.
  ///
  /// It is padded with spaces, so that the data starts at a multiple of 8.
  ///
  /// - Returns: The bytes of the header, without its length.
  /// - Throws: The encoder's error.
  func encoded() throws -> [UInt8] {
    var items: [String: Item] = metadata.isEmpty ? [:] : [Self.metadataKey: .metadata(metadata)]
    for entry in entries {
      let description = Description(
        dtype: entry.dtype.rawValue, shape: entry.shape,
        offsets: [entry.offsets.lowerBound, entry.offsets.upperBound])
      items[entry.name] = .tensor(description, keyCount: 3)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(items)
    let padding = (8 - json.count % 8) % 8
    return Array(json) + Array(repeating: UInt8(ascii: " "), count: padding)
  }

  private static func reason(_ error: any Error, in json: [UInt8]) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func at(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : " at `\(path.map(\.stringValue).joined(separator: "."))`"
    }
    switch error {
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      return "bad JSON (\(syntaxError(json) ?? context.debugDescription))"
    case .dataCorrupted(let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      return "bad JSON\(at(context.codingPath)) (\(context.debugDescription))"
    case .keyNotFound(let key, let context):
      return "no `\(key.stringValue)`\(at(context.codingPath))"
    @unknown default: return "\(error)"
    }
  }

  /// A description of a syntax error with its position, which `JSONDecoder` does not give; nil if
  /// there is no error.
  private static func syntaxError(_ json: [UInt8]) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: Data(json))
      return nil
    } catch {
      return (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
    }
  }
}

extension SafetensorsHeader {
  /// A value of the header's JSON object.
  private enum Item: Codable {
    case metadata([String: String])
    case tensor(Description, keyCount: Int)

    var keyCount: Int {
      switch self {
      case .metadata(let values): values.count
      case .tensor(_, let count): count
      }
    }

    private struct AnyKey: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      if decoder.codingPath.last?.stringValue == metadataKey {
        self = .metadata(try [String: String](from: decoder))
      } else {
        let keyCount = try decoder.container(keyedBy: AnyKey.self).allKeys.count
        self = .tensor(try Description(from: decoder), keyCount: keyCount)
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let values): try values.encode(to: encoder)
      case .tensor(let description, _): try description.encode(to: encoder)
      }
    }
  }

  /// The description of a tensor in the JSON.
  private struct Description: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    init(dtype: String, shape: [Int], offsets: [Int]) {
      self.dtype = dtype
      self.shape = shape
      self.offsets = offsets
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      func integers(_ key: CodingKeys) throws -> [Int] {
        do {
          return try container.decode([Int].self, forKey: key)
        } catch let error as DecodingError {
          throw error
        } catch {
          // The decoder's own error does not name the place.
          throw DecodingError.dataCorruptedError(
            forKey: key, in: container, debugDescription: "a number is not whole, or too large")
        }
      }
      dtype = try container.decode(String.self, forKey: .dtype)
      shape = try integers(.shape)
      offsets = try integers(.offsets)
    }

    func checked(
      name: String,
      _ invalid: (_ place: String, _ found: String, _ expected: String) -> WeightsError
    ) throws -> Entry {
      let place = "tensor `\(name)`"
      guard let type = SafetensorsType(rawValue: dtype) else {
        let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
        throw invalid("\(place), dtype", "`\(dtype)`", "one of \(known)")
      }
      guard let byteCount = SafetensorsTensor.byteCount(shape: shape, dtype: type) else {
        throw invalid(
          "\(place), shape", "\(shape)", "extents of at least 0 with a product below 2^63")
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
        throw invalid("\(place), data_offsets", "\(offsets)", "a start and an end, in order")
      }
      guard offsets[1] - offsets[0] == byteCount else {
        throw invalid(
          "\(place), data_offsets", "\(offsets[1] - offsets[0]) bytes",
          "\(byteCount) for \(dtype) \(shape)")
      }
      return Entry(name: name, dtype: type, shape: shape, offsets: offsets[0]..<offsets[1])
    }
  }
}
