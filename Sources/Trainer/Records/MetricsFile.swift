import Foundation
import MNISTData

/// Writes a run's figures as JSON lines, each at once.
///
/// Keys are sorted, so that equal figures are equal bytes.
public final class MetricsFile {
  private let path: String
  private let handle: FileHandle
  private let encoder: JSONEncoder

  /// Opens the file, emptying an old one.
  ///
  /// - Parameter path: Where it is.
  /// - Throws: ``TrainerError`` where it cannot be written.
  public init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw TrainerError(
        .inputOutput, "\(path): cannot be opened for writing: \(String(cString: strerror(errno)))")
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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
    do {
      try handle.write(contentsOf: encoder.encode(record) + Data("\n".utf8))
    } catch {
      throw TrainerError(.inputOutput, "\(path): cannot be written: \(error)")
    }
  }
}
