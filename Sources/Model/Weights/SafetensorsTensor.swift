/// The element types of the safetensors format that fill whole bytes.
package enum SafetensorsType: String, Sendable, Codable, CaseIterable {
  /// One byte, zero or one.
  case bool = "BOOL"
  /// Unsigned, 8 bits.
  case uint8 = "U8"
  /// Signed, 8 bits.
  case int8 = "I8"
  /// An 8-bit float of 5 exponent and 2 fraction bits.
  case float8E5M2 = "F8_E5M2"
  /// An 8-bit float of 4 exponent and 3 fraction bits.
  case float8E4M3 = "F8_E4M3"
  /// Signed, 16 bits.
  case int16 = "I16"
  /// Unsigned, 16 bits.
  case uint16 = "U16"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of a single-precision float.
  case bfloat16 = "BF16"
  /// Signed, 32 bits.
  case int32 = "I32"
  /// Unsigned, 32 bits.
  case uint32 = "U32"
  /// IEEE single precision.
  case float32 = "F32"
  /// Signed, 64 bits.
  case int64 = "I64"
  /// Unsigned, 64 bits.
  case uint64 = "U64"
  /// IEEE double precision.
  case float64 = "F64"

  /// The bytes of one element.
  package var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}

/// A named array of numbers, as a safetensors file holds it.
package struct SafetensorsTensor: Sendable, Equatable {
  /// The name, unique in its file.
  package let name: String
  /// The type of every element.
  package let dtype: SafetensorsType
  /// The extent of every dimension, the outermost first; empty for a single number.
  package let shape: [Int]
  /// The elements, row by row, little-endian.
  package let bytes: [UInt8]

  /// Creates a tensor of any type; that the shape fits the bytes is checked when it is written.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - dtype: The type of every element.
  ///   - shape: The extent of every dimension, the outermost first.
  ///   - bytes: The elements, row by row, little-endian.
  package init(name: String, dtype: SafetensorsType, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Creates a tensor of single-precision numbers.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - shape: The extent of every dimension, the outermost first.
  ///   - floats: The elements, row by row.
  package init(name: String, shape: [Int], floats: [Float]) {
    #if _endian(little)
      let bytes = floats.withUnsafeBytes { Array($0) }
    #else
      let bytes = floats.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
    #endif
    self.init(name: name, dtype: .float32, shape: shape, bytes: bytes)
  }

  /// The elements of a single-precision tensor, row by row; nil for any other type.
  package var floats: [Float]? {
    guard dtype == .float32 else { return nil }
    let count = bytes.count / 4
    let floats = [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialised = count
    }
    #if _endian(little)
      return floats
    #else
      return floats.map { Float(bitPattern: $0.bitPattern.byteSwapped) }
    #endif
  }

  /// The bytes that a shape needs.
  ///
  /// - Parameters:
  ///   - shape: The extent of every dimension.
  ///   - dtype: The type of every element.
  /// - Returns: The count, or nil where an extent is negative or a product overflows.
  static func byteCount(shape: [Int], dtype: SafetensorsType) -> Int? {
    var count = dtype.byteCount
    for extent in shape {
      let product = count.multipliedReportingOverflow(by: extent)
      if extent < 0 || product.overflow { return nil }
      count = product.partialValue
    }
    return count
  }
}
