/// The numbers of keys and values in a JSON text, counted before it is decoded.
///
/// They are counted from the punctuation outside of strings.
struct JSONStructure {
  /// The number of keys at all depths, duplicates included; a decoder would hide duplicates.
  private(set) var keyCount = 0
  /// The number of members of all objects and arrays, where an empty one counts as one.
  private(set) var valueCount = 0

  /// Counts the keys and values of a text.
  ///
  /// - Parameter json: The text, in UTF-8.
  init(_ json: [UInt8]) {
    var isInString = false
    var isEscaped = false
    for byte in json {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      } else if isInString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else {
        switch byte {
        case UInt8(ascii: ":"): keyCount += 1
        case UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "["): valueCount += 1
        default: break
        }
      }
    }
  }
}
