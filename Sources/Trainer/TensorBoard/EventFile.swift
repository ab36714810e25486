import Files
import Foundation
import Glibc
import Machine
import Synchronization
import Training

/// A file of TensorBoard events, each written with a single write.
package final class EventFile: Sendable {
  /// The file's path.
  package let path: String

  private let descriptor: Mutex<Int32>

  /// Creates a file whose name makes TensorBoard read it after the existing ones.
  ///
  /// - Parameters:
  ///   - directory: The directory, which is created if it does not exist.
  ///   - wallTime: Seconds since 1970.
  /// - Throws: `FileError` if it cannot be written.
  package init(directory: String, wallTime: Double = EventFile.now) throws {
    try EventDirectory.make(directory)
    // TensorBoard sorts by name. A clock may stop, or go back between two sessions of a run.
    let latest = try EventDirectory.latestTime(in: directory)
    let name =
      "\(EventDirectory.namePrefix)\(EventDirectory.digits(of: wallTime, after: latest))."
      + "\(MachineName.current().host).\(getpid())"
    var number = 0
    var path: String
    var file: Int32
    repeat {
      path = "\(directory)/\(name).\(number)"
      let name = path
      file = SystemCall.retrying {
        open(name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
      }
      number += 1
    } while file < 0 && errno == EEXIST
    guard file >= 0 else { throw EventDirectory.unwritable(directory, errno) }
    self.path = path
    descriptor = Mutex(file)
    try append(Event(wallTime: wallTime, content: .fileVersion("brain.Event:2")))
  }

  deinit {
    descriptor.withLock { _ = close($0) }
  }

  /// Checks whether a file could be created, without creating or changing anything.
  ///
  /// - Parameter directory: The directory of the file.
  /// - Throws: `FileError` if it could not.
  package static func checkWritable(directory: String) throws {
    try EventDirectory.checkWritable(directory)
  }

  /// The time, in seconds since 1970.
  package static var now: Double { Date().timeIntervalSince1970 }

  /// Records that a process starts at a step: TensorBoard hides what older files have for this step and
  /// later ones.
  ///
  /// Its default loader does so for each tag when a figure of the tag comes, its older one at once.
  ///
  /// - Parameters:
  ///   - step: The first step that this process writes.
  ///   - wallTime: Seconds since 1970.
  /// - Throws: `FileError` if it cannot be written.
  package func sessionStart(step: Int, wallTime: Double = EventFile.now) throws {
    try append(Event(wallTime: wallTime, step: Int64(step), content: .sessionStart))
  }

  /// Writes figures of a step, as one event.
  ///
  /// - Parameters:
  ///   - values: Tags and their values, which TensorBoard keeps in single precision.
  ///   - step: The step.
  ///   - wallTime: Seconds since 1970.
  /// - Throws: `FileError` if it cannot be written.
  package func scalars(
    _ values: [(tag: String, value: Double)], step: Int, wallTime: Double = EventFile.now
  ) throws {
    try append(
      values.map { SummaryValue(tag: $0.tag, figure: .scalar(Float($0.value))) }, step: step,
      wallTime: wallTime)
  }

  /// Writes how the values of tensors are spread at a step, as one event.
  ///
  /// Values that are infinite or not a number are in no bucket; if a tensor has any, the scalar
  /// `non_finite/<tag>` says how many.
  ///
  /// - Parameters:
  ///   - tensors: Tags and the values under each.
  ///   - step: The step.
  ///   - wallTime: Seconds since 1970.
  /// - Throws: `FileError` if it cannot be written.
  package func histograms(
    _ tensors: [(tag: String, values: [Float])], step: Int, wallTime: Double = EventFile.now
  ) throws {
    var summary: [SummaryValue] = []
    for (tag, values) in tensors {
      let histogram = ValueHistogram(values)
      summary.append(SummaryValue(tag: tag, figure: .histogram(histogram.figure)))
      guard histogram.nonFiniteCount > 0 else { continue }
      summary.append(
        SummaryValue(
          tag: "non_finite/\(tag)", figure: .scalar(Float(histogram.nonFiniteCount))))
    }
    try append(summary, step: step, wallTime: wallTime)
  }

  /// Waits until the file and its name are on disk.
  ///
  /// - Throws: `FileError` if the system cannot do it.
  package func synchronise() throws {
    try descriptor.withLock { descriptor in
      // EINVAL: a file system without such an operation.
      guard SystemCall.retrying({ fsync(descriptor) }) == 0 || errno == EINVAL else {
        throw unwritable(errno)
      }
    }
    try AtomicFile.synchroniseFolder(of: path, path: path)
  }

  private func append(
    _ values: [SummaryValue], step: Int, wallTime: Double
  ) throws {
    try append(Event(wallTime: wallTime, step: Int64(step), content: .summary(values)))
  }

  private func append(_ event: Event) throws {
    let record = RecordFrame.framing(EventMessage.encoding(event))
    try descriptor.withLock { descriptor in
      let start = lseek(descriptor, 0, SEEK_END)
      do {
        guard start >= 0 else { throw unwritable(errno) }
        let code = record.withUnsafeBytes { SystemCall.write($0, to: descriptor) }
        if let code { throw unwritable(code) }
      } catch {
        // Readers stop at half a record, and would not see what follows once there is room again.
        if start >= 0 { _ = ftruncate(descriptor, start) }
        throw error
      }
    }
  }

  private func unwritable(_ code: Int32) -> FileError {
    FileError(path, .write, code: code)
  }
}
