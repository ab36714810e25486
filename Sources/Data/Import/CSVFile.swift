import Files
import ImageData
import Parallel

/// A CSV file with a line for each image: a label and the values of its pixels, channels last.
///
/// The first line may name the columns. Then the label is in the column `label` or `class`,
/// otherwise in the first. The file may be packed with gzip.
struct CSVFile {
  private let path: String
  private let wantedSize: ImageSize?

  private static let lineFeed = UInt8(ascii: "\n")
  // An image has at most 2^20 values of up to three digits, with blanks and quotes around them.
  private static let longestLine = 16 << 20
  private static let progressInterval = 1000

  /// Names a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - size: The size of an image; nil for square images of one channel.
  init(path: String, size: ImageSize?) {
    self.path = path
    wantedSize = size
  }

  /// Reads all images.
  ///
  /// - Parameter progress: Called with progress.
  /// - Returns: The images.
  /// - Throws: `DataError`: `notFound`, `unreadable`, `invalid` with the line, what was found and
  ///   what was expected; `refused` or `stopped`.
  func read(
    _ progress: @escaping @Sendable (ImportProgress) -> Void
  ) throws(DataError) -> ImportedPart {
    var table = CSVTable(path: path, wantedSize: wantedSize)
    var rest: [UInt8] = []
    var number = 0
    try GzipFile.read(path: path) { chunk throws(DataError) in
      try ImportStop.check()
      var start = 0
      while let end = chunk[start...].firstIndex(of: Self.lineFeed) {
        number += 1
        if rest.isEmpty {
          try table.add(Self.line(chunk[start..<end], number), number: number)
        } else {
          rest += chunk[start..<end]
          try table.addBytes(&rest, number: number)
        }
        start = end + 1
        if table.count > 0, table.count.isMultiple(of: Self.progressInterval) {
          progress(.read(count: table.count, total: nil))
        }
      }
      rest += chunk[start...]
      guard rest.count <= Self.longestLine else {
        if number == 0 { try table.requireLineFeeds(rest) }
        throw DataError(
          .invalid,
          "\(path): line \(number + 1): found more than \(Self.longestLine) bytes, expected a "
            + "label and pixels separated by commas")
      }
    }
    if !rest.isEmpty { try table.addBytes(&rest, number: number + 1) }
    return try table.finish()
  }

  /// A line without the mark that some programs put before UTF-8.
  static func line(
    _ bytes: Slice<UnsafeRawBufferPointer>, _ number: Int
  ) -> UnsafeRawBufferPointer {
    let line = UnsafeRawBufferPointer(rebasing: bytes)
    guard number == 1, line.starts(with: byteOrderMark) else { return line }
    return UnsafeRawBufferPointer(rebasing: line[byteOrderMark.count...])
  }
}

extension CSVTable {
  /// Adds a line, and empties its memory.
  fileprivate mutating func addBytes(_ bytes: inout [UInt8], number: Int) throws(DataError) {
    let line = bytes
    bytes.removeAll(keepingCapacity: true)
    try line.withUnsafeBufferPointer { bytes throws(DataError) in
      try add(CSVFile.line(UnsafeRawBufferPointer(bytes)[...], number), number: number)
    }
  }
}
