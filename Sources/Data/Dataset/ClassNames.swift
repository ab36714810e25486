/// Reads the names of classes from a text file in UTF-8: one name on each line, class 0 first.
package enum ClassNames {
  /// The name of the file in a data set's directory.
  package static let fileName = "classes.txt"

  /// The most bytes of a file of names.
  package static let sizeLimit = 1 << 20
  private static let lineFeed = UInt8(ascii: "\n")

  /// Reads the names in a data set's directory.
  ///
  /// - Parameters:
  ///   - location: The directory.
  ///   - classCount: The required number of names.
  /// - Returns: The names; nil if the directory has no file of them.
  /// - Throws: As ``read(path:classCount:)`` does.
  static func read(
    in location: DatasetLocation, classCount: Int
  ) throws(DataError) -> [String]? {
    let path = location.path(fileName)
    return try fileExists(path) ? read(path: path, classCount: classCount) : nil
  }

  /// Reads the names.
  ///
  /// - Parameters:
  ///   - path: The file; may be compressed with gzip.
  ///   - classCount: The required number of names.
  /// - Returns: The names, without line breaks.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` with the line, what was found
  ///   and what was expected, if it does not have one name for each class, each another one.
  package static func read(path: String, classCount: Int) throws(DataError) -> [String] {
    var bytes: [UInt8] = []
    try GzipFile.read(path: path) { chunk throws(DataError) in
      bytes += chunk
      guard bytes.count <= sizeLimit else {
        throw .invalid(path, "found more than \(sizeLimit) bytes, expected one name per class")
      }
    }
    if bytes.starts(with: byteOrderMark) { bytes.removeFirst(byteOrderMark.count) }
    if bytes.last == lineFeed { bytes.removeLast() }
    let lines = bytes.split(separator: lineFeed, omittingEmptySubsequences: false)
    guard lines.count == classCount else {
      throw .invalid(
        path, "found \(lines.count) lines, expected \(classCount): one name per class")
    }
    var lineOfName: [String: Int] = [:]
    var names: [String] = []
    for (index, line) in lines.enumerated() {
      let name = try name(in: line, path: path, number: index + 1)
      if let earlier = lineOfName.updateValue(index + 1, forKey: name) {
        throw .invalid(
          path,
          "line \(index + 1): found '\(name)' again, as on line \(earlier), expected another name "
            + "for each class")
      }
      names.append(name)
    }
    return names
  }

  /// The content of a file with names.
  ///
  /// - Parameter names: The names, class 0 first, for each of which ``problem(in:)`` is nil.
  /// - Returns: The names in UTF-8, one on each line.
  package static func encoded(_ names: [String]) -> [UInt8] {
    names.flatMap { Array($0.utf8) + [lineFeed] }
  }

  /// Why a text cannot be the name of a class in a file; nil if it can.
  ///
  /// - Parameter name: The text.
  /// - Returns: What was found, for a message.
  package static func problem(in name: String) -> String? {
    if name.allSatisfy(\.isWhitespace) { return "no text" }
    let hasControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    if hasControl { return "a name with a control character" }
    return name.utf8.starts(with: byteOrderMark) ? "a name that starts with a byte order mark" : nil
  }

  private static func name(
    in line: ArraySlice<UInt8>, path: String, number: Int
  ) throws(DataError) -> String {
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    guard let name = String(validating: line, as: UTF8.self) else {
      throw .invalid(
        path, "line \(number): found bytes that are not UTF-8, expected the name of a class")
    }
    guard !name.allSatisfy(\.isWhitespace) else {
      throw .invalid(path, "line \(number): found no text, expected the name of a class")
    }
    return name
  }
}
