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

  /// What the first line says of all.
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
  /// - Throws: `DataError` of kind `invalid`.
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

  /// Ends the table.
  ///
  /// - Returns: The images.
  /// - Throws: `DataError` of kind `invalid` if there are none.
  func finish() throws(DataError) -> ImportedPart {
    guard let layout, count > 0 else {
      throw DataError(
        .invalid,
        "\(path): found no image, expected lines of a label and pixels separated by commas")
    }
    return ImportedPart(
      name: path, size: layout.size, pixels: try ByteStorage(pixels), labels: labels, names: names)
  }

  private mutating func addImage(
    _ line: CSVLine, _ layout: Layout, _ number: Int
  ) throws(DataError) {
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
        let text = line.text(at: &position) ?? "bytes that are not UTF-8"
        let found = text.isEmpty ? "nothing" : "'\(text.prefix(Self.excerptLength))'"
        throw invalid(
          number, "field \(column + 1): found \(found), expected a whole number from 0 to 255")
      }
    }
    guard position > line.count else { throw wrongCount(line, layout, number) }
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
  /// What the first line says, and whether it names the columns.
  private func layout(
    _ line: CSVLine, _ number: Int
  ) throws(DataError) -> (layout: Layout, isHeader: Bool) {
    let titles = line.titles(of: Self.labelTitles)
    guard let titles else {
      return (
        Layout(size: try size(line, number), labelColumn: 0, line: number), isHeader: false
      )
    }
    guard let column = titles.first else {
      throw invalid(
        number,
        "found names of columns without \(Self.labelTitles.joined(separator: " or ")), expected one of "
          + "these for the labels of images")
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
          "found \(counted(count + 1, "field")), expected \(wantedSize.valueCount + 1): a label and "
            + "the values of an image of \(wantedSize)")
      }
      return wantedSize
    }
    let side = Int(Double(count).squareRoot().rounded())
    guard side * side == count, ImageSize.sides.contains(side) else {
      let text: Message =
        "\(path): line \(number): found \(counted(count + 1, "field")), expected a label and the values of "
        + "a square image, at most \(ImageSize.sides.upperBound) x \(ImageSize.sides.upperBound); "
        + "\(setting: "size") tells rows and columns of others"
      throw DataError(.invalid, text, lack: nil)
    }
    return ImageSize(rows: side, columns: side)
  }
}
