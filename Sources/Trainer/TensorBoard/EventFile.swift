import Files
import Foundation
import Glibc
import Machine
import Training

/// A file of TensorBoard events, each written with a single write.
package final class EventFile: Sendable {
  private let file: AppendedFile

  /// Creates a file whose name makes TensorBoard read it after the existing ones.
  ///
  /// - Parameters:
  ///   - directory: The directory, which is created if it does not exist.
  ///   - wallTime: Seconds since 1970.
  /// - Throws: `FileError` if it cannot be written, or if the directory cannot be made or read.
  ///   Neither the file nor a new directory is left then.
  package init(directory: String, wallTime: Double = EventFile.now) throws {
    try EventDirectory.checkWritable(directory)
    let folders = try NewFolders(path: directory)
    do {
      file = try Self.begin(in: directory, wallTime: wallTime)
    } catch {
      folders.removeIfEmpty()
      throw error
    }
  }

  /// The file's path.
  package var path: String { file.path }

  /// Makes the file, with its first event.
  private static func begin(
    in directory: String, wallTime: Double
  ) throws(FileError) -> AppendedFile {
    // TensorBoard sorts by name. A clock may stop, or go back between two sessions of a run.
    let latest = try EventDirectory.latestTime(in: directory)
    let name =
      "\(EventDirectory.namePrefix)\(EventDirectory.digits(of: wallTime, after: latest))."
      + "\(EventDirectory.part(of: MachineName.current().host)).\(getpid())"
    let file = try create("\(directory)/\(name)")
    do throws(FileError) {
      try append(Event(wallTime: wallTime, content: .fileVersion("brain.Event:2")), to: file)
      return file
    } catch {
      TemporaryName.removeIfPresent(file.path)
      throw error
    }
  }

  /// Creates a file of a name and the first number that is free.
  private static func create(_ name: String) throws(FileError) -> AppendedFile {
    var number = 0
    while true {
      let path = "\(name).\(number)"
      do throws(FileError) {
        let file = try FileError.wrapping(path, .write) { () throws(SystemError) in
          try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
        }
        return try AppendedFile(file, path: path)
      } catch {
        guard error.reason == .system(EEXIST) else { throw error }
        number += 1
      }
    }
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

  /// Records that a process starts at a step: TensorBoard hides what older files have for this step
  /// and later ones.
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
  package func synchronize() throws {
    try file.synchronize()
  }

  private func append(
    _ values: [SummaryValue], step: Int, wallTime: Double
  ) throws {
    try append(Event(wallTime: wallTime, step: Int64(step), content: .summary(values)))
  }

  private func append(_ event: Event) throws {
    try Self.append(event, to: file)
  }

  private static func append(_ event: Event, to file: AppendedFile) throws(FileError) {
    try file.append(RecordFrame.framing(EventMessage.encoding(event)))
  }
}
