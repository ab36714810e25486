import Archives
import ImageData
import Parallel

/// An array in an NPZ file.
struct NPYMember {
  let header: NPYHeader
  private let member: ZipMember

  /// The part of a large array that is read between two checks for a signal, in bytes.
  private static let pieceSize = 4 << 20

  /// Opens an array and reads its header.
  ///
  /// - Parameters:
  ///   - name: The array's name, without `.npy`.
  ///   - archive: The NPZ file.
  /// - Throws: `DataError` of kind `invalid` with the member.
  init(_ name: String, of archive: ZipArchive) throws(DataError) {
    let member = try ZipMember("\(name).npy", of: archive)
    self.member = member
    header = try NPYHeader(name: member.name) { count throws(DataError) in
      try readBytes(count) { buffer throws(DataError) in try member.fill(buffer) }
    }
  }

  /// The member, for messages.
  var name: String { member.name }

  /// Creates an error in the array.
  func invalid(_ problem: String) -> DataError { member.invalid(problem) }

  /// Reads all values.
  ///
  /// The size that the shape and the type imply is compared with that of the member before memory
  /// is reserved.
  ///
  /// - Parameter width: The bytes of a value.
  /// - Returns: The bytes of all values, in the order of the array.
  /// - Throws: `DataError`: `invalid`, `refused` or `stopped`.
  func values(width: Int) throws(DataError) -> ByteStorage {
    var size = width
    for extent in header.shape {
      let (product, overflows) = size.multipliedReportingOverflow(by: extent)
      size = overflows ? .max : product
    }
    let found = max(0, member.size - header.size)
    guard size == found else {
      throw invalid(
        "found \(found) bytes of values, expected "
          + "\(size == .max ? "more than \(Int.max)" : "\(size)") for the shape "
          + "\(header.shapeText) of type " + header.type)
    }
    let values = try ByteStorage(count: size, for: name) { memory throws(DataError) in
      for start in stride(from: 0, to: size, by: Self.pieceSize) {
        try ImportStop.check()
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: memory[start..<min(start + Self.pieceSize, size)])
        guard try member.fill(piece) == piece.count else {
          throw invalid("found the end, expected \(size) bytes of values")
        }
      }
    }
    // The end is read too: there the CRC-32 is checked.
    var end: UInt8 = 0
    let excess = try withUnsafeMutableBytes(of: &end) { byte throws(DataError) in
      try member.fill(byte)
    }
    guard excess == 0 else { throw invalid("found more than \(size) bytes of values") }
    return values
  }
}

// MARK: - Images and labels

extension NPYMember {
  /// The size of an image, for an array of images.
  ///
  /// - Throws: `DataError` of kind `invalid` for other types and shapes.
  func imageSize() throws(DataError) -> ImageSize {
    guard ["|u1", "<u1", ">u1", "=u1", "u1"].contains(header.type) else {
      throw invalid("found values of type \(header.type), expected unsigned bytes (|u1)")
    }
    let shape = header.shape
    guard (3...4).contains(shape.count), shape[0] > 0 else {
      throw invalid(
        "found the shape \(header.shapeText), expected (images, rows, columns) or (images, rows, "
          + "columns, channels), with at least one image")
    }
    let size = ImageSize(
      rows: shape[1], columns: shape[2], channels: shape.count > 3 ? shape[3] : 1)
    guard shape.count == 3 || ![1, 3].contains(shape[1]) || [1, 3, 4].contains(shape[3]) else {
      throw invalid(
        "found the shape \(header.shapeText), which seems to have channels first; expected "
          + "(images, rows, columns, channels)")
    }
    // Not multiplied before the sides are known to be small.
    guard ImageSize.sides.contains(size.rows), ImageSize.sides.contains(size.columns),
      ImageSize.channelCounts.contains(size.channels), size.isAllowed
    else {
      throw invalid(
        "found images of \(NPYHeader.text(Array(shape.dropFirst()))), expected at most "
          + "\(ImageSize.limits)")
    }
    return size
  }

  /// Reads labels.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - images: The images, for messages.
  /// - Returns: The number of each label, and the labels.
  /// - Throws: `DataError`: `invalid` for other types, shapes and numbers, and for too many
  ///   classes; `refused` or `stopped`.
  func labels(count: Int, of images: String) throws(DataError) -> ([UInt16], LabelNames) {
    let order = header.type.first
    let digits = header.type.drop { "|<>=".contains($0) }
    let types = ["u1": 1, "i1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "u8": 8, "i8": 8]
    guard let width = types[String(digits)] else {
      let note =
        digits.first == "O" ? " (Python objects)" : digits.first == "f" ? " (floating point)" : ""
      throw invalid("found values of type \(header.type)\(note), expected integers")
    }
    guard order != ">" || width == 1 else {
      throw invalid(
        "found values of type \(header.type), the highest byte first, expected <\(digits), the "
          + "lowest byte first")
    }
    let shape = header.shape
    guard shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
      throw invalid("found the shape \(header.shapeText), expected (images,) or (images, 1)")
    }
    guard shape[0] == count else {
      throw invalid(
        "found \(counted(shape[0], "label")), expected \(count): one for each image in \(images)")
    }
    let values = try values(width: width)
    var names = LabelNames()
    var labels: [UInt16] = []
    labels.reserveCapacity(count)
    for sample in 0..<count {
      let text = Self.number(values, at: sample * width, width, isSigned: digits.first == "i")
      labels.append(try names.number(of: text, at: "\(name): label \(sample)"))
    }
    return (labels, names)
  }

  /// A number in decimal digits, from bytes with the lowest first.
  private static func number(
    _ values: ByteStorage, at place: Int, _ width: Int, isSigned: Bool
  ) -> String {
    var bits: UInt64 = 0
    for index in (0..<width).reversed() { bits = bits << 8 | UInt64(values[place + index]) }
    guard isSigned else { return "\(bits)" }
    let unused = 64 - 8 * width
    return "\(Int64(bitPattern: bits << unused) >> unused)"
  }
}
