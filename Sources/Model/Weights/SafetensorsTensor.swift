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

/// A tensor of a safetensors file.
package struct SafetensorsTensor: Sendable, Equatable {
  /// The name, unique in its file.
  package let name: String
  /// The type of the elements.
  package let dtype: SafetensorsType
  /// The extent of each dimension, the outermost first; empty for a single number.
  package let shape: [Int]
  /// The elements, row-major and little-endian.
  package let bytes: [UInt8]

  /// Creates a tensor of any type.
  ///
  /// Whether the shape fits the number of bytes is checked only when the tensor is written.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - dtype: The type of the elements.
  ///   - shape: The extent of each dimension, the outermost first.
  ///   - bytes: The elements, row-major and little-endian.
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
  ///   - shape: The extent of each dimension, the outermost first.
  ///   - floats: The elements, row-major.
  package init(name: String, shape: [Int], floats: [Float]) {
    #if _endian(little)
      let bytes = floats.withUnsafeBytes { Array($0) }
    #else
      let bytes = floats.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
    #endif
    self.init(name: name, dtype: .float32, shape: shape, bytes: bytes)
  }

  /// The elements of a single-precision tensor, row-major; nil for any other type.
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

  /// The size of a tensor.
  ///
  /// - Parameters:
  ///   - shape: The extent of each dimension.
  ///   - dtype: The type of the elements.
  /// - Returns: The size in bytes; nil if an extent is negative or the product overflows.
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
