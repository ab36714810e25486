/// The element types of the safetensors format that have a size of whole bytes.
package enum SafetensorsType: String, Sendable, Codable, CaseIterable {
  /// A Boolean in one byte, 0 or 1.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case uint8 = "U8"
  /// A signed integer of 8 bits.
  case int8 = "I8"
  /// An 8-bit float with 5 exponent bits and 2 fraction bits.
  case float8E5M2 = "F8_E5M2"
  /// An 8-bit float with 4 exponent bits and 3 fraction bits.
  case float8E4M3 = "F8_E4M3"
  /// A signed integer of 16 bits.
  case int16 = "I16"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  /// An IEEE half-precision float.
  case float16 = "F16"
  /// The upper half of a single-precision float.
  case bfloat16 = "BF16"
  /// A signed integer of 32 bits.
  case int32 = "I32"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  /// An IEEE single-precision float.
  case float32 = "F32"
  /// A signed integer of 64 bits.
  case int64 = "I64"
  /// An unsigned integer of 64 bits.
  case uint64 = "U64"
  /// An IEEE double-precision float.
  case float64 = "F64"

  /// The size of one element in bytes.
  package var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}
