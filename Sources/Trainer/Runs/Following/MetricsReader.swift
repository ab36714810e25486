import Files
import Foundation
import Training

/// Reads the metrics of a run while they grow: each time only the lines that are new.
///
/// A part of a line is read again when it is complete. A resumed run writes its file anew; the file
/// is then read from its start.
struct MetricsReader: Sendable {
  private let path: String
  private var metrics = RecordedMetrics()
  /// The position after the last complete line, in bytes.
  private var offset = 0
  private var lineCount = 0
  /// The last complete line; if it is no longer in its place, the file is another.
  private var lastLine: [UInt8] = []

  /// The largest number of bytes that are read at a time.
  private static let limit = 1 << 30

  /// Creates a reader.
  ///
  /// - Parameter directory: The run directory.
  init(directory: String) {
    path = RunPaths(directory: directory).metrics
  }

  /// Reads the lines that are new.
  ///
  /// - Returns: The metrics; nil if there is no file, or it has no complete line.
  /// - Throws: ``TrainerError`` that names the line, the field, what was found and what was
  ///   expected; ``FileError`` if the file cannot be read. The next call reads the file from its
  ///   start.
  mutating func read() throws -> RecordedMetrics? {
    do {
      try readNew()
    } catch let error as FileError where error.isMissing {
      reset()
    } catch {
      reset()
      throw error
    }
    return lineCount > 0 ? metrics : nil
  }

  private mutating func readNew() throws {
    let file = try InputFile(path: path)
    let size = file.size ?? 0
    if offset > 0 {
      let start = offset - lastLine.count
      guard size >= offset, try file.bytes(start..<offset) == lastLine else {
        reset()
        return try readNew()
      }
    }
    guard size - offset <= Self.limit else {
      throw FileError(
        path, .read, found: "\(size - offset) new bytes", expected: "at most \(Self.limit)")
    }
    let bytes = try file.bytes(offset..<size)
    guard let last = try metrics.add(lines: bytes, after: &lineCount, place: path) else { return }
    offset += last.endIndex + 1
    lastLine = Array(last) + [UInt8(ascii: "\n")]
  }

  private mutating func reset() {
    self = MetricsReader(path: path)
  }

  private init(path: String) {
    self.path = path
  }
}
