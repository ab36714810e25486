/// A line of a CSV file, whose fields are taken one after the other.
///
/// A position is that of a field's first byte. After the last field it is ``count`` + 1.
struct CSVLine {
  /// The line's bytes.
  let bytes: UnsafeRawBufferPointer

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let zero = UInt8(ascii: "0")

  /// Takes a line without its line feed; a carriage return before that is dropped.
  init(_ line: UnsafeRawBufferPointer) {
    let hasReturn = line.last == UInt8(ascii: "\r")
    bytes = UnsafeRawBufferPointer(rebasing: hasReturn ? line.dropLast() : line[...])
  }

  /// The number of bytes.
  var count: Int { bytes.count }

  /// Whether the line has nothing but blanks.
  var isEmpty: Bool { bytes.allSatisfy(Self.isBlank) }

  /// The number of fields, at least 1.
  var fieldCount: Int {
    var fields = 0
    var position = 0
    while position <= count {
      position = end(of: position) + 1
      fields += 1
    }
    return fields
  }

  /// Takes a field that is a whole number from 0 to 255; nil for another one, which is not taken.
  func byte(at position: inout Int) -> UInt8? {
    var value = 0
    var index = position
    while index < count, case let digit = bytes[index] &- Self.zero, digit <= 9 {
      value = value * 10 + Int(digit)
      guard value <= 255 else { return nil }
      index += 1
    }
    if index > position, index == count || bytes[index] == Self.comma {
      position = index + 1
      return UInt8(value)
    }
    return quotedByte(at: &position)
  }

  /// As ``byte(at:)``, with blanks or quotes around the number.
  private func quotedByte(at position: inout Int) -> UInt8? {
    var next = position
    guard let text = text(at: &next), !text.isEmpty,
      text.utf8.allSatisfy({ $0 &- Self.zero <= 9 }), let value = UInt8(text)
    else { return nil }
    position = next
    return value
  }

  /// Takes a field as text, without the blanks and quotes around it; nil if it is not UTF-8.
  func text(at position: inout Int) -> String? {
    let end = end(of: position)
    var field = bytes[position..<end]
    position = end + 1
    field = Self.trimmed(field)
    guard field.count >= 2, field.first == Self.quote, field.last == Self.quote else {
      return String(validating: field, as: UTF8.self)
    }
    return String(validating: Self.withoutDoubled(field.dropFirst().dropLast()), as: UTF8.self)
  }

  /// A field's bytes with one quote for each two.
  private static func withoutDoubled(_ field: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
    var text: [UInt8] = []
    var follows = false
    for byte in field {
      follows = byte == quote && !follows
      // The second of two is left out.
      if byte != quote || follows { text.append(byte) }
    }
    return text
  }

  /// The index of the comma after a field, or of the end.
  ///
  /// A field is quoted if its first byte after blanks is a quote. A comma between quotes belongs to
  /// it.
  private func end(of position: Int) -> Int {
    let start = bytes[position...].firstIndex { !Self.isBlank($0) } ?? count
    var index = start
    if index < count, bytes[index] == Self.quote {
      index += 1
      while index < count {
        let isQuote = bytes[index] == Self.quote
        index += 1
        guard isQuote else { continue }
        // Two quotes are one of the text.
        guard index < count, bytes[index] == Self.quote else { break }
        index += 1
      }
    }
    return bytes[index...].firstIndex(of: Self.comma) ?? count
  }

  private static func trimmed(
    _ field: Slice<UnsafeRawBufferPointer>
  ) -> Slice<UnsafeRawBufferPointer> {
    var field = field.drop(while: isBlank)
    while let last = field.last, isBlank(last) { field.removeLast() }
    return field
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}

extension CSVLine {
  /// Looks for names of columns.
  ///
  /// A line names columns if it has one of the titles, or if a field after the first is not a
  /// number.
  ///
  /// - Parameter labels: The titles, in small letters.
  /// - Returns: The indices of the fields with one of them; nil if the line is that of an image.
  func titles(of labels: [String]) -> [Int]? {
    var position = 0
    var found: [Int] = []
    var hasText = false
    var index = 0
    while position <= count {
      let text = text(at: &position) ?? ""
      if labels.contains(text.lowercased()) { found.append(index) }
      hasText = hasText || (index > 0 && !text.isEmpty && Double(text) == nil)
      index += 1
    }
    return found.isEmpty && !hasText ? nil : found
  }

  /// The first number of a line that counts up from 0 or 1, as a program writes it that numbers
  /// columns; nil for another line, and for one of less than three fields.
  var firstOfNumbered: Int? {
    var position = 0
    var numbers: [Int] = []
    while position <= count {
      guard let text = text(at: &position), let number = Int(text),
        number == numbers.last.map({ $0 + 1 }) ?? number
      else { return nil }
      numbers.append(number)
    }
    guard let first = numbers.first, first == 0 || first == 1, numbers.count > 2 else { return nil }
    return first
  }
}
