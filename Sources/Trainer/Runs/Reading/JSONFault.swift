import Foundation

/// The place in a text at which it stops being JSON.
///
/// Foundation's decoder does not tell it, but its other reader of JSON does in most cases.
struct JSONFault: CustomStringConvertible {
  /// What was found, with its line if there are several.
  let description: String

  private static let excerptLength = 24

  /// Finds the place; nil if the text is JSON, or the place is unknown.
  ///
  /// - Parameter data: The text in UTF-8.
  init?(in data: Data) {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return nil
    } catch {
      let words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
      if words.hasPrefix("Unexpected end of file") {
        description = "found the end of the text, expected the rest of a JSON object"
        return
      }
      guard let number = words.firstMatch(of: #/character (\d+)/#), let place = Int(number.1),
        data.indices.contains(data.startIndex + place)
      else { return nil }
      let line = data.prefix(place).count { $0 == UInt8(ascii: "\n") } + 1
      // The reader may name a place after the wrong text.
      let start = max(0, place - Self.excerptLength / 2)
      let found = String(
        decoding: data.dropFirst(start).prefix(Self.excerptLength), as: UTF8.self)
      // A line of a file has its number already.
      let isOneLine = !data.contains(UInt8(ascii: "\n"))
      description =
        "\(isOneLine ? "" : "line \(line): ")found no JSON near \(found.debugDescription)"
    }
  }
}
