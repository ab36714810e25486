import Files
import Foundation
import Glibc
import Training

/// Reads and writes the small files of a run directory.
///
/// The files are not trusted: they may be damaged, or written by another program.
package enum RecordedFile {
  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The maximum size in bytes.
  /// - Returns: Its bytes; nil if there is no file.
  /// - Throws: ``FileError`` if it cannot be read; ``TrainerError`` if it is not a regular file, or
  ///   too large.
  package static func read(path: String, limit: Int) throws -> Data? {
    try bytes(path: path, limit: limit).map { Data($0) }
  }

  /// Reads a whole file, as ``read(path:limit:)``.
  static func bytes(path: String, limit: Int) throws -> [UInt8]? {
    do throws(FileError) {
      return try InputFile(path: path).contents(limit: limit)
    } catch {
      if error.isMissing { return nil }
      if case .unexpected = error.reason { throw TrainerError(error) }
      throw error
    }
  }

  /// Decodes a JSON object.
  ///
  /// - Parameters:
  ///   - type: The type to decode.
  ///   - data: The JSON text in UTF-8.
  ///   - place: The file, and the line if it has several, for messages.
  /// - Returns: The value.
  /// - Throws: ``TrainerError`` that names the place, the field, what was found and what was
  ///   expected.
  package static func decode<Record: Decodable>(
    _ type: Record.Type, from data: Data, place: String
  ) throws -> Record {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw TrainerError(.badData, "\(place): \(problem(error, of: type, data: data))")
    }
  }

  private static func problem(
    _ error: DecodingError, of type: (some Decodable).Type, data: Data
  ) -> String {
    func field(_ path: [any CodingKey], _ last: String? = nil) -> String {
      let keys = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return "field `\((keys + (last.map { [$0] } ?? [])).joined(separator: "."))`"
    }
    switch error {
    case .typeMismatch(_, let context) where context.codingPath.isEmpty:
      return notAnObject(data)
    case .keyNotFound(let key, let context):
      return "\(field(context.codingPath, key.stringValue)): found nothing, expected a value"
    case .valueNotFound(_, let context) where context.codingPath.isEmpty:
      return notAnObject(data)
    case .valueNotFound(let type, let context):
      return "\(field(context.codingPath)): found null, expected \(kind(of: type))"
    case .typeMismatch(let type, let context):
      return "\(field(context.codingPath)): found another kind of value, expected \(kind(of: type))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\(field(context.codingPath)): \(refusal(of: context, in: data))"
    default:
      guard let number = UnfitNumber(in: data, decoding: type) else { return notAnObject(data) }
      return "\(field(number.path)): found \(number.text), expected \(range(of: number.type))"
    }
  }

  /// What is wrong with a value of the right kind.
  ///
  /// About a text that is none of a field's values, the decoder's words name the type of the field.
  private static func refusal(of context: DecodingError.Context, in data: Data) -> String {
    var value = try? JSONSerialization.jsonObject(with: data)
    for key in context.codingPath {
      if let array = value as? [Any] {
        value = key.intValue.flatMap { array.indices.contains($0) ? array[$0] : nil }
      } else {
        value = (value as? [String: Any])?[key.stringValue]
      }
    }
    guard let text = value as? String else { return context.debugDescription }
    return "found `\(text.prefix(80))`, which is not one of its values"
  }

  private static func notAnObject(_ data: Data) -> String {
    let excerpt = 80
    let text = String(decoding: data.prefix(excerpt), as: UTF8.self)
    let start = "found \(text.debugDescription), expected a JSON object"
    // A longer text is not shown whole, so the place of the error is needed.
    guard data.count > excerpt, let place = JSONFault(in: data) else { return start }
    return "\(place)"
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is [Any].Type: "an array"
    default: "an object"
    }
  }

  /// The numbers that a type can hold.
  private static func range(of type: any Any.Type) -> String {
    type is any FixedWidthInteger.Type
      ? "a whole number that fits in 64 bits" : "a number that fits in a double"
  }
}

/// Records that name their format: JSON objects with `format` and `format_version`.
extension RecordedFile {
  /// The fields that distinguish a record from other files and from later versions.
  private struct Kind: Decodable {
    let format: String
    let formatVersion: Int

    enum CodingKeys: String, CodingKey {
      case format
      case formatVersion = "format_version"
    }
  }

  /// Decodes a record of version 1.
  ///
  /// - Parameters:
  ///   - type: The type to decode.
  ///   - format: The expected name of the format.
  ///   - data: The JSON text in UTF-8.
  ///   - place: The file's name for messages.
  /// - Returns: The value.
  /// - Throws: ``TrainerError`` that names the field, what was found and what was expected.
  package static func decode<Record: Decodable>(
    _ type: Record.Type, format: String, from data: Data, place: String
  ) throws -> Record {
    let kind = try decode(Kind.self, from: data, place: place)
    guard kind.format == format, kind.formatVersion == 1 else {
      throw TrainerError(
        .badData,
        "\(place): found format `\(kind.format)` \(kind.formatVersion), expected `\(format)` 1")
    }
    return try decode(type, from: data, place: place)
  }

  /// Writes a record as JSON with sorted keys, one key per line, and escapes in place of characters
  /// that could control a terminal.
  ///
  /// - Parameters:
  ///   - record: The value.
  ///   - path: The file, replaced atomically.
  ///   - location: Who may change the directory that it is in.
  ///   - prepare: Called when the new file is on disk, but has not its name yet.
  /// - Throws: ``FileError`` if it cannot be written; what `prepare` throws.
  package static func write(
    _ record: some Encodable, path: String, in location: AtomicFile.Location = .anywhere,
    prepare: () throws -> Void = {}
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let text = String(decoding: try encoder.encode(record), as: UTF8.self).printableJSON + "\n"
    try AtomicFile.replace(path: path, in: location) { file in
      try file.write(Array(text.utf8))
      try file.synchronize()
      try prepare()
    }
  }
}
