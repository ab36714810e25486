import Files
import Parallel

/// The content of an IDX file of the MNIST family.
enum IDXContent: Sendable {
  /// Bytes in three dimensions, samples, rows and columns; or in four, the last of them channels.
  case images
  /// Bytes in one dimension.
  case labels

  var dimensionCounts: ClosedRange<Int> { self == .images ? 3...4 : 1...1 }
  var unit: String { self == .images ? "pixels" : "labels" }

  /// The number of bytes before the first pixel or label, which the fourth byte determines.
  ///
  /// - Parameter bytes: The first bytes of the file; of fewer than four the shortest header is assumed.
  /// - Returns: The size of the header.
  func headerSize(startingWith bytes: [UInt8]) -> Int {
    let found = bytes.count > 3 ? Int(bytes[3]) : 0
    return Self.headerSize(
      dimensionCount: dimensionCounts.contains(found) ? found : dimensionCounts.lowerBound)
  }

  static func headerSize(dimensionCount: Int) -> Int { 4 + 4 * dimensionCount }
}

/// The header of an IDX file: the kind and the size of its content.
struct IDXHeader: Equatable, Sendable {
  /// The number of dimensions: 3 or 4 for images, 1 for labels.
  let dimensionCount: Int
  /// The number of images or labels in the file, at least 1.
  let count: Int
  /// The size of an image; a single value for labels.
  let imageSize: ImageSize

  /// The number of bytes of the header.
  var size: Int { IDXContent.headerSize(dimensionCount: dimensionCount) }

  /// The number of bytes after the header: at most 2^52, since the count is below 2^32.
  var dataSize: Int { count * imageSize.valueCount }

  /// Reads a header from the start of a file.
  ///
  /// - Parameters:
  ///   - content: What the file must contain.
  ///   - path: The file, for messages.
  ///   - read: Takes the next bytes of the unpacked content; fewer at its end.
  /// - Throws: What `read` throws; `DataError` of kind `invalid` with the position of the byte.
  init(
    content: IDXContent, path: String, read: (_ count: Int) throws(DataError) -> [UInt8]
  ) throws(DataError) {
    let least = content.headerSize(startingWith: [])
    var bytes = try read(least)
    let size = content.headerSize(startingWith: bytes)
    if bytes.count == least && size > least { bytes += try read(size - least) }
    try self.init(bytes, content: content, path: path)
  }

  /// Decodes a header.
  ///
  /// - Parameters:
  ///   - bytes: The first bytes of the unpacked content, `content.headerSize` of them.
  ///   - content: What the file must contain.
  ///   - path: The file, for messages.
  /// - Throws: `DataError` of kind `invalid` with the position of the byte.
  init(_ bytes: [UInt8], content: IDXContent, path: String) throws(DataError) {
    try Self.checkStart(bytes, content: content, path: path)
    let dimensions = stride(from: 4, to: 4 + 4 * Int(bytes[3]), by: 4).map { place in
      bytes[place...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    dimensionCount = dimensions.count
    count = dimensions[0]
    guard count > 0 else { throw .invalid(path, "byte 4: found 0 \(content), expected at least 1") }
    guard content == .images else {
      imageSize = ImageSize(rows: 1, columns: 1)
      return
    }
    imageSize = ImageSize(
      rows: dimensions[1], columns: dimensions[2],
      channels: dimensions.count > 3 ? dimensions[3] : 1)
    for (place, name, value, allowed) in [
      (8, "rows", imageSize.rows, ImageSize.sides),
      (12, "columns", imageSize.columns, ImageSize.sides),
      (16, "channels", imageSize.channels, ImageSize.channelCounts),
    ] where !allowed.contains(value) {
      throw .invalid(
        path,
        "byte \(place): found images of \(value) \(name), expected \(allowed.lowerBound) to "
          + "\(allowed.upperBound)")
    }
    guard imageSize.isAllowed else {
      throw .invalid(
        path,
        "byte 8: found images of \(imageSize), which is \(imageSize.valueCount) values, expected at "
          + "most \(ImageSize.largestValueCount)")
    }
  }

  /// Checks the length, the magic number and the number of dimensions.
  private static func checkStart(
    _ bytes: [UInt8], content: IDXContent, path: String
  ) throws(DataError) {
    let counts = content.dimensionCounts
    let size = content.headerSize(startingWith: bytes)
    guard bytes.count >= size else {
      throw .invalid(
        path, "truncated IDX header: found \(bytes.count) bytes, expected \(size)")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      let magic = counts.map { hexadecimal([0, 0, 8, UInt8($0)]) }.joined(separator: " or ")
      throw .invalid(
        path,
        "byte 0: expected the IDX magic number \(magic), found \(hexadecimal(bytes.prefix(4)))")
    }
    guard bytes[2] == 8 else {
      throw .invalid(
        path,
        "byte 2: expected IDX element type 08 (unsigned byte), "
          + "found \(hexadecimal(bytes[2...2]))")
    }
    guard counts.contains(Int(bytes[3])) else {
      let found: String =
        switch Int(bytes[3]) {
        case IDXContent.labels.dimensionCounts: " (labels)"
        case IDXContent.images.dimensionCounts: " (images)"
        default: ""
        }
      let expected = counts.count == 1 ? "" : "\(counts.lowerBound) or "
      throw .invalid(
        path,
        "byte 3: expected \(expected)\(counted(counts.upperBound, "IDX dimension")) (\(content)), "
          + "found \(bytes[3])\(found)")
    }
  }
}
