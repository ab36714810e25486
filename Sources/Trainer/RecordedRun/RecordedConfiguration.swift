import Foundation

/// A run's `config.json`, as it was read.
public struct RecordedConfiguration: Sendable, Equatable {
  /// The trainer's version.
  public var version: String
  /// When the run was started first, in ISO 8601.
  public var created: String
  /// The command's words.
  public var command: [String]
  /// The effective settings, by name.
  public var settings: [String: Setting.Value]
  /// Worker threads.
  public var threads: Int
  /// OpenBLAS's core, of which results are a function.
  public var kernel: String
  /// The data.
  public var dataset: RecordedDataset
  /// Where it ran.
  public var machine: Machine

  static let fileName = "config.json"
  private static let sizeLimit = 1 << 24

  /// Reads a run's configuration.
  ///
  /// - Parameter directory: The run directory.
  /// - Returns: What its `config.json` says.
  /// - Throws: ``TrainerError`` that names the file, the field, what was found and what was expected.
  public static func read(directory: String) throws -> RecordedConfiguration {
    let path = directory + "/" + fileName
    guard let data = try RecordedFile.read(path: path, limit: sizeLimit) else {
      throw TrainerError(.dataNotFound, "\(path): found no file, expected the run's configuration")
    }
    return try RecordedConfiguration(data, place: path)
  }

  /// Decodes a configuration.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - place: The file that messages name.
  /// - Throws: ``TrainerError``.
  init(_ data: Data, place: String) throws {
    let format = try RecordedFile.decode(Format.self, from: data, place: place)
    guard format.format == "trainer run", format.version == 1 else {
      throw TrainerError(
        .badData,
        "\(place): found format \(format.format.debugDescription), version \(format.version), "
          + "expected \"trainer run\", version 1")
    }
    let content = try RecordedFile.decode(Content.self, from: data, place: place)
    version = content.version
    created = content.created
    command = content.command
    settings = content.settings.mapValues(\.value)
    threads = content.threads
    kernel = content.kernel
    dataset = content.dataset
    machine = content.machine
  }
}

/// The data set that a run names.
public struct RecordedDataset: Codable, Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Where it was.
  public var directory: String
  /// Training images.
  public var training: Int
  /// Test images.
  public var test: Int
  /// Rows of an image.
  public var rows: Int
  /// Columns of an image.
  public var columns: Int
  /// Classes.
  public var classes: Int
  /// The SHA-256 of what each file unpacks to, by its name without `.gz`.
  public var sha256: [String: String]
}

private struct Format: Decodable {
  let format: String
  let version: Int

  enum CodingKeys: String, CodingKey {
    case format
    case version = "format_version"
  }
}

private struct Content: Decodable {
  let version: String
  let created: String
  let command: [String]
  let settings: [String: BareValue]
  let threads: Int
  let kernel: String
  let dataset: RecordedDataset
  let machine: Machine
}

/// A setting's value as JSON has it, without its kind.
private struct BareValue: Decodable {
  let value: Setting.Value

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = Self.attempt(Bool.self, container) {
      value = .flag(flag)
    } else if let integer = Self.attempt(Int.self, container) {
      value = .integer(integer)
    } else if let word = Self.attempt(UInt64.self, container) {
      value = .word(word)
    } else if let number = Self.attempt(Double.self, container) {
      value = .number(number)
    } else {
      value = .text(try container.decode(String.self))
    }
  }

  /// Whether a value is of a type can only be found out by trying.
  private static func attempt<Value: Decodable>(
    _ type: Value.Type, _ container: any SingleValueDecodingContainer
  ) -> Value? {
    do { return try container.decode(type) } catch { return nil }
  }
}
