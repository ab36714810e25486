import Foundation
import Glibc

/// Writes a run's figures as JSON lines, each at once.
///
/// Keys are sorted, so that equal figures are equal bytes.
public final class MetricsFile: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Opens the file, emptying an old one.
  ///
  /// - Parameter path: Where it is.
  /// - Throws: ``TrainerError`` where it cannot be written.
  public init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
  }

  deinit {
    close(descriptor)
  }

  /// Finds out whether a file could be opened for writing, without making or changing it.
  ///
  /// - Parameter path: Where it would be.
  /// - Throws: ``TrainerError`` where it could not.
  public static func checkWritable(path: String) throws {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw unwritable(path, EISDIR) }
      guard access(path, W_OK) == 0 else { throw unwritable(path, errno) }
      return
    }
    guard errno == ENOENT, !path.isEmpty, !path.hasSuffix("/") else {
      throw unwritable(path, errno)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else { throw unwritable(path, errno) }
  }

  /// Writes the first line.
  ///
  /// - Parameters:
  ///   - run: The run that starts.
  ///   - machine: Where it runs.
  ///   - initialWeights: The file that it starts from, if any.
  /// - Throws: ``TrainerError`` where writing fails.
  public func writeStart(_ run: TrainingRun, machine: Machine, initialWeights: String?) throws {
    try write(StartRecord(run, machine: machine, initialWeights: initialWeights))
  }

  /// Writes an epoch's line.
  ///
  /// - Parameter record: Its figures.
  /// - Throws: ``TrainerError`` where writing fails.
  public func write(_ record: EpochRecord) throws {
    try write(EpochLine(record))
  }

  /// Writes the last line.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - seconds: Seconds since the run's start.
  ///   - testAccuracy: The last epoch's.
  ///   - digest: The digest of the weights.
  /// - Throws: ``TrainerError`` where writing fails.
  public func writeEnd(step: Int, seconds: Double, testAccuracy: Double, digest: String) throws {
    try write(
      EndRecord(step: step, seconds: seconds, testAccuracy: testAccuracy, weightsDigest: digest))
  }

  private func write(_ record: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(record) + Data("\n".utf8)
    try line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw Self.unwritable(path, errno)
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func unwritable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput,
      "\(path): found \(String(cString: strerror(code))), expected a file that can be written")
  }
}
