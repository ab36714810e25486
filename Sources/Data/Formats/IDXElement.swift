/// The type of the values in an IDX file, which its third byte names.
enum IDXElement: UInt8, Sendable {
  case unsignedByte = 0x08
  case signedByte = 0x09
  case integer16 = 0x0b
  case integer32 = 0x0c
  case float32 = 0x0d
  case float64 = 0x0e

  /// The number of bytes of a value; larger ones have the highest byte first.
  var size: Int {
    switch self {
    case .unsignedByte, .signedByte: 1
    case .integer16: 2
    case .integer32, .float32: 4
    case .float64: 8
    }
  }

  var name: String {
    switch self {
    case .unsignedByte: "unsigned byte"
    case .signedByte: "signed byte"
    case .integer16: "16-bit integer"
    case .integer32: "32-bit integer"
    case .float32: "32-bit floating point"
    case .float64: "64-bit floating point"
    }
  }
}
