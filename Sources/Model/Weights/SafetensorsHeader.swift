import Foundation
import Parallel

/// The JSON object at the head of a safetensors file.
struct SafetensorsHeader: Equatable {
  /// A tensor's name and its place in the data.
  struct Entry: Equatable {
    let name: String
    let dtype: SafetensorsType
    let shape: [Int]
    let offsets: Range<Int>
  }

  /// The format's limit for the header, in bytes.
  static let maximumByteCount = 100_000_000
  /// A limit of this reader: it bounds the time and memory that a hostile table can cost.
  ///
  /// Ten thousand tensors have fewer.
  static let maximumValueCount = 200_000
  private static let metadataKey = "__metadata__"

  var metadata: [String: String]
  /// In the order of their data.
  var entries: [Entry]

  /// Reads a header and checks all that the format demands of it.
  ///
  /// - Parameters:
  ///   - bytes: The header, without the eight bytes of its length.
  ///   - dataByteCount: The bytes that follow the header in the file.
  ///   - file: The path for messages.
  /// - Throws: ``WeightsError``.
  init(_ bytes: [UInt8], dataByteCount: Int, file: String) throws {
    func invalid(_ place: String, found: String, expected: String) -> WeightsError {
      WeightsError(file: file, place: place, found: found, expected: expected)
    }
    guard bytes.first == UInt8(ascii: "{") else {
      let found = bytes.first.map { "byte 0x" + String($0, radix: 16) } ?? "nothing"
      throw invalid("byte 8", found: found, expected: "`{`, the start of the JSON header")
    }
    // The format pads with spaces alone; other white space would be a change that nothing else notices.
    if let last = bytes.last(where: { $0 != UInt8(ascii: " ") }), last != UInt8(ascii: "}") {
      throw invalid(
        "header", found: "byte 0x" + String(last, radix: 16) + " at its end",
        expected: "`}`, with spaces behind it or nothing")
    }
    // A NUL would let the decoder take the header for UTF-16.
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
        "header", found: "\(structure.keyCount) keys, \(keyCount) of them different",
        expected: "every name once")
    }

    metadata = [:]
    entries = []
    for (name, item) in items {
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
          expected: "\(end), where the tensor before ends")
      }
      end = entry.offsets.upperBound
    }
    guard end == dataByteCount else {
      throw invalid(
        "data", found: "\(dataByteCount) bytes", expected: "\(end), where the last tensor ends")
    }
  }

  /// Describes tensors that are to be written one after the other.
  ///
  /// - Parameters:
  ///   - tensors: The tensors, in the order of their data.
  ///   - metadata: Free text.
  ///   - file: The path for messages.
  /// - Throws: ``WeightsError`` for a name that is taken twice or reserved, and for
  ///   a shape that does not fit the bytes.
  init(tensors: [SafetensorsTensor], metadata: [String: String], file: String) throws {
    self.metadata = metadata
    entries = []
    var names: Set<String> = [Self.metadataKey]
    var end = 0
    for tensor in tensors {
      let place = "tensor `\(tensor.name)`"
      guard names.insert(tensor.name).inserted else {
        throw WeightsError(
          file: file, place: place, found: "a name that is taken",
          expected: "every name once, and none `\(Self.metadataKey)`")
      }
      let needed = SafetensorsTensor.byteCount(shape: tensor.shape, dtype: tensor.dtype)
      guard needed == tensor.bytes.count else {
        throw WeightsError(
          file: file, place: place, found: "\(tensor.bytes.count) bytes",
          expected: "\(needed.map(String.init) ?? "a countable number") "
            + "for \(tensor.dtype.rawValue) \(tensor.shape)")
      }
      let offsets = end..<end + tensor.bytes.count
      entries.append(
        Entry(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, offsets: offsets))
      end = offsets.upperBound
    }
  }

  /// The header as JSON, keys sorted, spaces behind so that the data starts at a multiple of 8.
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

  /// What is wrong with the JSON and where, which the decoder does not tell.
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
  /// A value of the header's object.
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

  /// A tensor's entry, as it is written.
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
          // The decoder's own error for it names no place.
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
          "\(place), shape", "\(shape)", "extents of at least 0 whose product can be counted")
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
        throw invalid("\(place), data_offsets", "\(offsets)", "a start and an end, not before it")
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
