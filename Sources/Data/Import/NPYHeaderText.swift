import Files
import ImageData

/// Parses the text of an NPY header, a dictionary as Python writes it.
struct NPYHeaderText {
  /// A value of the dictionary.
  enum Value: Equatable {
    case text(String)
    case truth(Bool)
    case numbers([Int])
  }

  private let bytes: [UInt8]
  private let offset: Int
  private let name: String
  private var position = 0

  /// Prepares parsing.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - offset: Its position in the file, for messages.
  ///   - name: The file, for messages.
  init(_ bytes: [UInt8], offset: Int, name: String) {
    self.bytes = bytes
    self.offset = offset
    self.name = name
  }

  /// Parses the whole text.
  ///
  /// - Returns: The values by their keys.
  /// - Throws: `DataError` of kind `invalid` with the position.
  mutating func dictionary() throws(DataError) -> [String: Value] {
    var values: [String: Value] = [:]
    try take("{")
    while peek() != UInt8(ascii: "}") {
      let key = try text()
      try take(":")
      guard values.updateValue(try value(), forKey: key) == nil else {
        throw unexpected("each key once")
      }
      if peek() != UInt8(ascii: "}") { try take(",") }
    }
    try take("}")
    guard peek() == nil else { throw unexpected("the end of the header") }
    return values
  }

  private mutating func value() throws(DataError) -> Value {
    switch peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "("): return .numbers(try tuple())
    case UInt8(ascii: "["): throw unexpected("a type of single values, not of several fields")
    default:
      for (word, truth) in [("True", true), ("False", false)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return .truth(truth)
      }
      throw unexpected("a text, True, False or a tuple of numbers")
    }
  }

  private mutating func text() throws(DataError) -> String {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected("a text in quotes")
    }
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: quote),
      let text = String(validating: rest[..<end], as: UTF8.self)
    else { throw unexpected("a text in quotes") }
    position = end + 1
    return text
  }

  private mutating func tuple() throws(DataError) -> [Int] {
    var numbers: [Int] = []
    try take("(")
    while peek() != UInt8(ascii: ")") {
      let digits = bytes[position...].prefix {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
        throw unexpected("a number of at most \(Int.max)")
      }
      position = digits.endIndex
      numbers.append(number)
      if peek() != UInt8(ascii: ")") { try take(",") }
    }
    try take(")")
    return numbers
  }

  /// The next byte that is no white space; nil at the end.
  private mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ mark: Character) throws(DataError) {
    guard let byte = peek(), byte == mark.asciiValue else { throw unexpected("`\(mark)`") }
    position += 1
  }

  private func unexpected(_ expected: String) -> DataError {
    let found =
      position < bytes.count
      ? "`\(String(decoding: bytes[position...].prefix(16), as: UTF8.self))`" : "the end"
    return DataError(
      .invalid,
      "\(name): byte \(offset + position): found \(found) in the header, expected \(expected)")
  }
}
