import Foundation
import Glibc
import Parallel

/// Reads the small files of a run directory, which anything may have happened to.
enum RecordedFile {
  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: Bytes that no such file has.
  /// - Returns: Its bytes; nil where there is none.
  /// - Throws: ``TrainerError`` where it cannot be read, is no regular file or is too large.
  static func read(path: String, limit: Int) throws -> Data? {
    // Not blocking: a named pipe would wait for a writer before it can be refused.
    let descriptor = SystemCall.retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(path, errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TrainerError(
        .badData, "\(path): found a directory, pipe or device, expected a regular file")
    }
    guard status.st_size <= limit else {
      throw TrainerError(
        .badData, "\(path): found \(status.st_size) bytes, expected at most \(limit)")
    }
    var content = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while content.count <= limit {
      let count = SystemCall.retrying { Glibc.read(descriptor, &buffer, buffer.count) }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return content }
      content.append(contentsOf: buffer[..<count])
    }
    throw TrainerError(
      .badData, "\(path): it grows while it is read; expected at most \(limit) bytes")
  }

  /// Decodes a JSON object.
  ///
  /// - Parameters:
  ///   - type: What it should hold.
  ///   - data: Its text.
  ///   - place: The file, and the line where it has several.
  /// - Returns: What it holds.
  /// - Throws: ``TrainerError`` that names the place, the field, what was found and what was
  ///   expected.
  static func decode<Record: Decodable>(
    _ type: Record.Type, from data: Data, place: String
  ) throws -> Record {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw TrainerError(.badData, "\(place): \(problem(error, data: data))")
    }
  }

  private static func problem(_ error: DecodingError, data: Data) -> String {
    func field(_ path: [any CodingKey], _ last: String? = nil) -> String {
      "field `\((path.map(\.stringValue) + (last.map { [$0] } ?? [])).joined(separator: "."))`"
    }
    switch error {
    case .typeMismatch(_, let context) where context.codingPath.isEmpty:
      return notAnObject(data)
    case .keyNotFound(let key, let context):
      return "\(field(context.codingPath, key.stringValue)): found nothing, expected a value"
    case .valueNotFound(let type, let context):
      return "\(field(context.codingPath)): found null, expected \(kind(of: type))"
    case .typeMismatch(let type, let context):
      return "\(field(context.codingPath)): found another kind of value, expected \(kind(of: type))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\(field(context.codingPath)): \(context.debugDescription)"
    default:
      return notAnObject(data)
    }
  }

  private static func notAnObject(_ data: Data) -> String {
    let text = String(decoding: data.prefix(80), as: UTF8.self)
    return "found \(text.debugDescription), expected a JSON object"
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is [Any].Type: "an array"
    default: "an object"
    }
  }

  private static func unreadable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput, "\(path): cannot be read: \(SystemCall.text(of: code))")
  }
}
