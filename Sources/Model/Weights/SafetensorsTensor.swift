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
    let floats = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
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
