import Files
import Foundation
import Training

/// Records that say what they are: JSON objects with `format` and `format_version`.
extension RecordedFile {
  /// What tells a record from other files, and from those of later versions.
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
  ///   - type: What it should hold.
  ///   - format: What it should call itself.
  ///   - data: Its text.
  ///   - place: The file that messages name.
  /// - Returns: What it holds.
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

  /// Writes a record: keys sorted, a line each.
  ///
  /// - Parameters:
  ///   - record: What it holds.
  ///   - path: The file, replaced at once.
  ///   - location: Whose directory it is in.
  /// - Throws: `WeightsError` where it cannot be written.
  package static func write(
    _ record: some Encodable, path: String, in location: AtomicFile.Location = .anywhere
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let data = try encoder.encode(record) + Data("\n".utf8)
    try AtomicFile.replace(path: path, in: location) { try $0.write(Array(data)) }
  }
}
