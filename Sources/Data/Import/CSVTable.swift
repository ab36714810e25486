import Files
import ImageData
import Parallel

/// The images of a CSV file, line by line.
struct CSVTable {
  private let path: String
  private let wantedSize: ImageSize?
  private var layout: Layout?
  private var pixels: [UInt8] = []
  private var labels: [UInt16] = []
  private var names = LabelNames()
  /// The first line without content, which may only be followed by others.
  private var emptyLine: Int?

  /// The layout of all lines, from the first one.
  private struct Layout {
    let size: ImageSize
    /// The index of the field that is the label.
    let labelColumn: Int
    /// The number of the line that says it.
    let line: Int
    /// The number of fields of a line.
    var fieldCount: Int { size.valueCount + 1 }
  }

  private static let labelTitles = ["label", "class"]
  private static let excerptLength = 20
  private static let carriageReturn = UInt8(ascii: "\r")

  init(path: String, wantedSize: ImageSize?) {
    self.path = path
    self.wantedSize = wantedSize
  }

  /// The number of images.
  var count: Int { labels.count }

  /// Adds a line of the file.
  ///
  /// - Parameters:
  ///   - bytes: The line, without its line feed.
  ///   - number: Its number, from 1.
  /// - Throws: `DataError`: `invalid`, or `refused` without memory.
  mutating func add(_ bytes: UnsafeRawBufferPointer, number: Int) throws(DataError) {
    let line = CSVLine(bytes)
    guard !line.isEmpty else {
      emptyLine = emptyLine ?? number
      return
    }
    if let emptyLine {
      throw invalid(emptyLine, "found no text, expected an image or the end of the file")
    }
    guard let layout else {
      let (layout, isHeader) = try layout(line, number)
      self.layout = layout
      if !isHeader { try addImage(line, layout, number) }
      return
    }
    try addImage(line, layout, number)
  }

  /// Refuses a first line with ends of lines that are no line feeds.
  ///
  /// - Parameter line: The line, or its first bytes.
  /// - Throws: `DataError` of kind `invalid`.
  func requireLineFeeds(_ line: some Sequence<UInt8>) throws(DataError) {
    guard line.contains(Self.carriageReturn) else { return }
    throw invalid(
      1,
      "found a carriage return (0d) without a line feed, expected lines that end with a line feed "
        + "(0a)")
  }

  /// Ends the table.
  ///
  /// - Returns: The images.
  /// - Throws: `DataError`: `invalid` if there are none; `refused` without memory.
  func finish() throws(DataError) -> ImportedPart {
    guard let layout, count > 0 else {
      throw DataError(
        .invalid,
        "\(path): found no image, expected lines of a label and pixels separated by commas")
    }
    try ImportMemory.require(count, of: layout.size, beside: pixels.count, name: path)
    return ImportedPart(
      name: path, size: layout.size, pixels: try ByteStorage(pixels), labels: labels, names: names)
  }

  /// Reserves memory for one more image, and for as many as there are.
  private mutating func reserve(_ size: ImageSize) throws(DataError) {
    let needed = pixels.count + size.valueCount
    guard needed > pixels.capacity else { return }
    let count = max(count + 1, 2 * count)
    try ImportMemory.require(count, of: size, beside: pixels.count, name: path)
    pixels.reserveCapacity(count * size.valueCount)
  }

  private mutating func addImage(
    _ line: CSVLine, _ layout: Layout, _ number: Int
  ) throws(DataError) {
    try reserve(layout.size)
    var position = 0
    for column in 0..<layout.fieldCount {
      guard position <= line.count else { throw wrongCount(line, layout, number) }
      if column == layout.labelColumn {
        guard let text = line.text(at: &position) else {
          throw invalid(
            number, "field \(column + 1): found bytes that are not UTF-8, expected a label")
        }
        let place = "\(path): line \(number), field \(column + 1)"
        labels.append(try names.number(of: text, at: place))
      } else if let value = line.byte(at: &position) {
        pixels.append(value)
      } else {
        // A missing field is a short line, not a wrong value.
        guard line.fieldCount == layout.fieldCount else {
          throw wrongCount(line, layout, number)
        }
        let found = Self.description(line.text(at: &position))
        throw invalid(
          number, "field \(column + 1): found \(found), expected a whole number from 0 to 255")
      }
    }
    guard position > line.count else { throw wrongCount(line, layout, number) }
  }

  /// What a field has that is no number; nil for a text that is not UTF-8.
  private static func description(_ text: String?) -> String {
    guard let text else { return "bytes that are not UTF-8" }
    return text.isEmpty ? "nothing" : "'\(text.prefix(excerptLength))'"
  }

  private func wrongCount(_ line: CSVLine, _ layout: Layout, _ number: Int) -> DataError {
    let reason =
      layout.line == number ? "for images of \(layout.size)" : "as on line \(layout.line)"
    return invalid(
      number,
      "found \(counted(line.fieldCount, "field")), expected \(layout.fieldCount): a label and "
        + "\(counted(layout.size.valueCount, "pixel value")), \(reason)")
  }

  private func invalid(_ number: Int, _ problem: String) -> DataError {
    DataError(
      .invalid, "\(path): line \(number)\(problem.hasPrefix("field") ? ", " : ": ")\(problem)")
  }
}

// MARK: - The first line

extension CSVTable {
  /// The layout from the first line, and whether that names the columns.
  private func layout(
    _ line: CSVLine, _ number: Int
  ) throws(DataError) -> (layout: Layout, isHeader: Bool) {
    try requireLineFeeds(line.bytes)
    let titles = line.titles(of: Self.labelTitles)
    guard let titles else {
      if let first = line.firstOfNumbered {
        throw invalid(
          number,
          "found the numbers from \(first) to \(first + line.fieldCount - 1), which seem to number "
            + "the columns; expected an image, or names of columns with "
            + "\(Self.labelTitles.joined(separator: " or "))")
      }
      return (
        Layout(size: try size(line, number), labelColumn: 0, line: number), isHeader: false
      )
    }
    guard let column = titles.first else {
      throw invalid(
        number,
        "found names of columns without \(Self.labelTitles.joined(separator: " or ")), expected "
          + "one of these for the labels of images")
    }
    if titles.count > 1 {
      throw invalid(
        number,
        "found \(titles.count) columns named \(Self.labelTitles.joined(separator: " or ")) (fields "
          + "\(titles.map { "\($0 + 1)" }.joined(separator: ", "))), expected one")
    }
    return (
      Layout(size: try size(line, number), labelColumn: column, line: number), isHeader: true
    )
  }

  /// The size of an image with a value in each field but one.
  private func size(_ line: CSVLine, _ number: Int) throws(DataError) -> ImageSize {
    let count = line.fieldCount - 1
    if let wantedSize {
      guard count == wantedSize.valueCount else {
        throw invalid(
          number,
          "found \(counted(count + 1, "field")), expected \(wantedSize.valueCount + 1): a label "
            + "and the values of an image of \(wantedSize)")
      }
      return wantedSize
    }
    let side = Int(Double(count).squareRoot().rounded())
    guard side * side == count, ImageSize.sides.contains(side) else {
      throw DataError(
        .invalid,
        "\(path): line \(number): found \(counted(count + 1, "field")), expected a label and the "
          + "values of a square image, at most \(ImageSize.sides.upperBound) x "
          + "\(ImageSize.sides.upperBound); \(setting: "size") tells rows and columns of others")
    }
    return ImageSize(rows: side, columns: side)
  }
}
