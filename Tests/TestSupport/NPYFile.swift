/// An NPY file written by the specification, without NumPy.
package struct NPYFile {
  /// The type of the values, as NumPy writes it.
  package var type: String
  /// The dimensions, as Python writes them.
  package var shape: String
  /// The values.
  package var data: [UInt8]
  /// The version of the format.
  package var version: UInt8 = 1
  /// Whether the header claims Fortran's order.
  package var isFortran = false

  /// Makes an array of bytes, or of another type.
  package init(_ shape: [Int], _ data: [UInt8], type: String = "|u1") {
    self.type = type
    self.shape = "(\(shape.map { "\($0)," }.joined(separator: " ")))"
    self.data = data
  }

  /// Makes a one-dimensional array of 64-bit integers.
  package init(integers: [Int]) {
    self.init(
      [integers.count],
      integers.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } },
      type: "<i8")
  }

  /// The file.
  package var bytes: [UInt8] {
    let order = isFortran ? "True" : "False"
    let text = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }".utf8)
    let lengthSize = version == 1 ? 2 : 4
    // The values start at a multiple of 64 bytes.
    let end = (8 + lengthSize + text.count + 1 + 63) / 64 * 64
    let padding = [UInt8](repeating: 0x20, count: end - 8 - lengthSize - text.count - 1)
    let header = text + padding + [0x0a]
    return [0x93] + Array("NUMPY".utf8) + [version, 0]
      + (0..<lengthSize).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}
