import ImageData

/// Reads the names of classes from a text file: one name per line, class 0 first.
package enum ClassLabels {
  private static let sizeLimit = 1 << 20

  /// Reads the names.
  ///
  /// - Parameters:
  ///   - path: The file, in UTF-8; may be compressed with gzip.
  ///   - classCount: The required number of names.
  /// - Returns: The names, without line breaks.
  /// - Throws: `DataError` if the file cannot be read, or is larger than 1 MiB; ``TrainerError`` if
  ///   it does not contain one non-empty name per class.
  package static func read(path: String, classCount: Int) throws -> [String] {
    var bytes: [UInt8] = []
    try GzipFile.read(path: path) { chunk throws(DataError) in
      bytes += chunk
      guard bytes.count <= sizeLimit else {
        throw DataError(
          .invalid, "\(path): found more than \(sizeLimit) bytes, expected one name per class")
      }
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == classCount else {
      throw TrainerError(
        .badData,
        "\(path): found \(lines.count) lines, expected \(classCount): one name per class")
    }
    return try lines.enumerated().map { index, line in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let name = String(validating: line, as: UTF8.self), !name.isEmpty else {
        throw TrainerError(
          .badData,
          "\(path): line \(index + 1): found no text in UTF-8, expected the name of a class")
      }
      return name
    }
  }
}
