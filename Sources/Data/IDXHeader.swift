import Files
import Parallel

/// The content of an IDX file of the MNIST family.
enum IDXContent: Sendable {
  /// Bytes in three dimensions: samples, rows, columns.
  case images
  /// Bytes in one dimension.
  case labels

  var dimensionCount: Int { self == .images ? 3 : 1 }
  /// The number of bytes before the first pixel or label.
  var headerSize: Int { 4 + 4 * dimensionCount }
  var unit: String { self == .images ? "pixels" : "labels" }
}

/// The header of an IDX file: the kind and the size of its content.
struct IDXHeader: Equatable, Sendable {
  /// The number of images or labels in the file, at least 1.
  let count: Int
  /// The number of rows of an image; 1 for labels.
  let rows: Int
  /// The number of columns of an image; 1 for labels.
  let columns: Int

  /// The largest number of rows or columns of an image.
  static let maximumSide = 1024

  /// The number of bytes after the header: below 2^52, since the count is below 2^32.
  var dataSize: Int { count * rows * columns }

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - bytes: The first bytes of the unpacked content, `content.headerSize` of them.
  ///   - content: What the file must contain.
  ///   - path: The file, for messages.
  /// - Throws: `DataError` of kind `invalid` with the position of the byte.
  init(_ bytes: [UInt8], content: IDXContent, path: String) throws(DataError) {
    let dimensionCount = UInt8(content.dimensionCount)
    let magic: [UInt8] = [0, 0, 8, dimensionCount]
    guard bytes.count >= content.headerSize else {
      throw .invalid(
        path, "truncated IDX header: found \(bytes.count) bytes, expected \(content.headerSize)")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw .invalid(
        path,
        "byte 0: expected the IDX magic number \(hexadecimal(magic)), "
          + "found \(hexadecimal(bytes.prefix(4)))")
    }
    guard bytes[2] == 8 else {
      throw .invalid(
        path,
        "byte 2: expected IDX element type 08 (unsigned byte), "
          + "found \(hexadecimal(bytes[2...2]))")
    }
    guard bytes[3] == dimensionCount else {
      let found = bytes[3] == 1 ? " (labels)" : bytes[3] == 3 ? " (images)" : ""
      throw .invalid(
        path,
        "byte 3: expected \(counted(Int(dimensionCount), "IDX dimension")) (\(content)), "
          + "found \(bytes[3])\(found)")
    }
    func dimension(_ index: Int) -> Int {
      bytes[(4 + 4 * index)...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    count = dimension(0)
    guard count > 0 else { throw .invalid(path, "byte 4: found 0 \(content), expected at least 1") }
    guard content == .images else {
      rows = 1
      columns = 1
      return
    }
    rows = dimension(1)
    columns = dimension(2)
    for (place, name, value) in [(8, "rows", rows), (12, "columns", columns)]
    where !(1...Self.maximumSide).contains(value) {
      throw .invalid(
        path, "byte \(place): found images of \(value) \(name), expected 1 to \(Self.maximumSide)")
    }
  }
}
