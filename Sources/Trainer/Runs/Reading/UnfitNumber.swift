import Foundation

/// A number in a JSON text that its field cannot hold, for example 1e999.
///
/// Foundation's decoder calls such a text no JSON, and does not say where the number is.
struct UnfitNumber {
  /// The number as it is written.
  let text: String
  /// The field, as a path of keys.
  let path: [any CodingKey]
  /// The field's type.
  let type: any Any.Type

  /// Finds the number for which a text cannot be decoded; nil if something else is wrong.
  ///
  /// - Parameters:
  ///   - data: The JSON text in UTF-8.
  ///   - type: The type to decode.
  init?(in data: Data, decoding type: (some Decodable).Type) {
    let text = JSONNumbers(text: Array(data))
    func isRefused(keeping count: Int) -> Bool {
      guard case .dataCorrupted(let context)? = text.error(of: type, keeping: count) else {
        return false
      }
      return context.codingPath.isEmpty
    }
    // With 0 in place of all numbers, nothing may be wrong; with all of them, something must be. That
    // holds as long as no type that is decoded refuses a 0.
    var (fit, unfit) = (0, text.numbers.count)
    guard !isRefused(keeping: fit), isRefused(keeping: unfit) else { return nil }
    while unfit - fit > 1 {
      let middle = (fit + unfit) / 2
      if isRefused(keeping: middle) { unfit = middle } else { fit = middle }
    }
    // The error of a string in place of the number names the field and its type.
    guard
      case .typeMismatch(let type, let context)? =
        text.error(of: type, keeping: fit, replacement: "\"\"")
    else { return nil }
    self.text = String(decoding: text.text[text.numbers[fit]].prefix(80), as: UTF8.self)
    self.type = type
    path = context.codingPath
  }
}

/// A JSON text whose numbers can be replaced.
private struct JSONNumbers {
  let text: [UInt8]
  /// The places of the numbers in the text.
  let numbers: [Range<Int>]

  /// Finds the numbers: all that begins with a digit or a sign, outside of strings.
  init(text: [UInt8]) {
    self.text = text
    var numbers: [Range<Int>] = []
    var position = 0
    while position < text.count {
      let start = position
      position += 1
      switch text[start] {
      case UInt8(ascii: "\""):
        while position < text.count, text[position] != UInt8(ascii: "\"") {
          position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        while position < text.count, "+-.0123456789Ee".utf8.contains(text[position]) {
          position += 1
        }
        numbers.append(start..<position)
      default: break
      }
    }
    self.numbers = numbers
  }

  /// The error of the text with another text in place of a number, and 0 in place of all later
  /// ones.
  ///
  /// - Parameters:
  ///   - type: The type to decode.
  ///   - count: How many numbers are left as they are.
  ///   - replacement: What is in place of the next one.
  /// - Returns: The decoder's error; nil if there is none.
  func error(
    of type: (some Decodable).Type, keeping count: Int, replacement: String = "0"
  ) -> DecodingError? {
    var changed: [UInt8] = []
    var end = 0
    for (index, number) in numbers.enumerated().dropFirst(count) {
      changed += text[end..<number.lowerBound]
      changed += (index == count ? replacement : "0").utf8
      end = number.upperBound
    }
    changed += text[end...]
    do {
      _ = try JSONDecoder().decode(type, from: Data(changed))
      return nil
    } catch {
      return error as? DecodingError
    }
  }
}
