/// What a JSON text says before it is decoded, counted from its punctuation outside strings.
struct JSONStructure {
  /// The keys as they are written, at every depth: the decoder would keep one of two equal ones,
  /// and hide that there are two.
  private(set) var keyCount = 0
  /// The members of all objects and arrays, of which an empty one counts as one.
  private(set) var valueCount = 0

  /// Counts.
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
