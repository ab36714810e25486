import Files
import Parallel

/// The header of an IDX file: the kind and the size of its content.
struct IDXHeader: Equatable, Sendable {
  /// The header itself.
  let bytes: [UInt8]
  /// The type of the values.
  let element: IDXElement
  /// The number of images or labels in the file, at least 1.
  let count: Int
  /// The size of an image; a single value for labels.
  let imageSize: ImageSize
  /// The number of values for each sample: those of an image; for a label 1, or 8 in two
  /// dimensions.
  let valuesPerSample: Int

  /// The number of bytes of the header.
  var size: Int { bytes.count }

  /// The number of dimensions: 3 or 4 for images, 1 or 2 for labels.
  var dimensionCount: Int { Int(bytes[3]) }

  /// The number of bytes for each sample.
  var bytesPerSample: Int { valuesPerSample * element.size }

  /// The number of bytes after the header: at most 2^52, since the count is below 2^32.
  var dataSize: Int { count * bytesPerSample }

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
  ///   - bytes: The first bytes of the unpacked content, at least `content.headerSize` of them.
  ///   - content: What the file must contain.
  ///   - path: The file, for messages.
  /// - Throws: `DataError` of kind `invalid` with the position of the byte.
  init(_ bytes: [UInt8], content: IDXContent, path: String) throws(DataError) {
    element = try Self.checkedStart(bytes, content: content, path: path)
    self.bytes = Array(bytes.prefix(content.headerSize(startingWith: bytes)))
    let dimensions = stride(from: 4, to: 4 + 4 * Int(bytes[3]), by: 4).map { place in
      bytes[place...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    count = dimensions[0]
    guard count > 0 else { throw .invalid(path, "byte 4: found 0 \(content), expected at least 1") }
    guard content == .images else {
      imageSize = ImageSize(rows: 1, columns: 1)
      valuesPerSample = dimensions.count > 1 ? dimensions[1] : 1
      guard dimensions.count == 1 || valuesPerSample == IDXContent.labelColumns else {
        throw .invalid(
          path,
          "byte 8: found \(valuesPerSample) integers for each label, expected "
            + "\(IDXContent.labelColumns), of which the first is the class")
      }
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
        "byte 8: found images of \(imageSize), which is \(imageSize.valueCount) values, expected "
          + "at most \(ImageSize.largestValueCount)")
    }
    valuesPerSample = imageSize.valueCount
  }

  /// The position of a sample's first byte in the unpacked file.
  func position(ofSample index: Int) -> Int { size + index * bytesPerSample }
}

// MARK: - Checks of the first four bytes

extension IDXHeader {
  /// Checks the length, the magic number, the type and the number of dimensions, and returns the
  /// type.
  private static func checkedStart(
    _ bytes: [UInt8], content: IDXContent, path: String
  ) throws(DataError) -> IDXElement {
    let size = content.headerSize(startingWith: bytes)
    guard bytes.count >= size else {
      throw .invalid(
        path, "truncated IDX header: found \(bytes.count) bytes, expected \(size)")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      let magic = content.elements.flatMap { element in
        content.dimensionCounts(of: element).map {
          hexadecimal([0, 0, element.rawValue, UInt8($0)])
        }
      }
      throw .invalid(
        path,
        "byte 0: expected the IDX magic number \(alternatives(magic)), "
          + "found \(hexadecimal(bytes.prefix(4)))")
    }
    let element = IDXElement(rawValue: bytes[2])
    guard let element, content.elements.contains(element) else {
      let expected = content.elements.map { "\(hexadecimal([$0.rawValue])) (\($0.name))" }
      throw .invalid(
        path,
        "byte 2: expected IDX element type \(alternatives(expected)), "
          + "found \(hexadecimal(bytes[2...2]))\(element.map { " (\($0.name))" } ?? "")")
    }
    let counts = content.dimensionCounts(of: element)
    guard counts.contains(Int(bytes[3])) else {
      let found: String =
        switch (element, Int(bytes[3])) {
        case (.unsignedByte, IDXContent.labels.dimensionCounts(of: .unsignedByte)): " (labels)"
        case (.unsignedByte, IDXContent.images.dimensionCounts(of: .unsignedByte)): " (images)"
        default: ""
        }
      let expected = counts.count == 1 ? "" : "\(counts.lowerBound) or "
      throw .invalid(
        path,
        "byte 3: expected \(expected)\(counted(counts.upperBound, "IDX dimension")) (\(content)), "
          + "found \(bytes[3])\(found)")
    }
    return element
  }

  private static func alternatives(_ words: [String]) -> String {
    let first = words.dropLast().joined(separator: ", ")
    return (first.isEmpty ? "" : first + " or ") + words[words.count - 1]
  }
}
