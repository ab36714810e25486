import ImageData

/// The names of classes, from a text file: one a line, class 0 first.
package enum ClassLabels {
  private static let sizeLimit = 1 << 20

  /// Reads the names.
  ///
  /// - Parameters:
  ///   - path: The file, in UTF-8.
  ///   - classCount: How many there have to be.
  /// - Returns: The names.
  /// - Throws: `DataError` where the file cannot be read; ``TrainerError`` where it has other lines
  ///   than one name for each class.
  package static func read(path: String, classCount: Int) throws -> [String] {
    var bytes: [UInt8] = []
    try GzipFile.read(path: path) { chunk throws(DataError) in
      bytes += chunk
      guard bytes.count <= sizeLimit else {
        throw DataError(
          .invalid, "\(path): found more than \(sizeLimit) bytes, expected a name for each class")
      }
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == classCount else {
      throw TrainerError(
        .badData,
        "\(path): found \(lines.count) lines, expected \(classCount): a name for each class")
    }
    return try lines.enumerated().map { index, line in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let name = String(validating: line, as: UTF8.self), !name.isEmpty else {
        throw TrainerError(
          .badData, "\(path): line \(index + 1): found no text in UTF-8, expected a class's name")
      }
      return name
    }
  }
}
