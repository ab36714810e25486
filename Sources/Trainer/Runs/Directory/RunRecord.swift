import Files
import Foundation
import Machine
import Model
import Parallel
import Training

/// The content of `config.json`: a run's settings, data, versions and machine.
package struct RunRecord: Codable, Sendable {
  /// A part of the run after the first: a process that resumed it.
  package struct Part: Codable, Sendable {
    /// When it began, in UTC.
    package var time: String
    /// The number of steps done before it began.
    package var step: Int
    /// The number of worker threads of rank 0.
    package var threads: Int
    /// The number of ranks; nil for one.
    package var ranks: Int?
    /// Its machine's name.
    package var hostname: String
  }

  /// The name of the record's format.
  package static let format = "trainer run"
  private static let sizeLimit = 1 << 22

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  package var version = TrainerVersion.current
  /// When the run began, in UTC.
  package var created: String
  /// The command line of the first part.
  package var command: [String]
  /// The effective settings, by name.
  package var settings: [String: Setting.Value]
  /// Further files that the latest part writes or reads, by the names of their settings; nil in
  /// records of early builds of version 0.1.0.
  package var files: [String: Setting.Value]?
  /// The number of worker threads of rank 0 in the latest part.
  package var threads: Int
  /// The placement of the latest part's workers on CPUs; nil in older records, which means `none`.
  package var pin: WorkerPlacement?
  /// The number of ranks of the latest part; nil for one.
  package var ranks: Int?
  /// OpenBLAS's core, a copy of the machine's for readers of the file; nil if OpenBLAS is not used,
  /// and in older records, which call it `kernel`.
  package var blasCore: String?
  /// The data set.
  package var dataset: DatasetRecord
  /// The machine of the latest part.
  package var machine: Machine
  /// The parts after the first.
  package var resumed: [Part] = []

  private enum CodingKeys: String, CodingKey {
    case format, version, created, command, settings, files, threads, pin, ranks, dataset, machine,
      resumed
    case blasCore = "blas_core"
    case formatVersion = "format_version"
  }

  /// Describes a new run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - options: Settings besides the configuration: of data, files and checkpoints.
  ///   - files: Further files that the run writes or reads.
  ///   - digests: The SHA-256 of the data set's files, by file name.
  ///   - machine: The machine that it runs on.
  ///   - command: The command line.
  package init(
    run: TrainingRun, options: [Setting], files: [Setting], digests: [String: String],
    machine: Machine, command: [String]
  ) {
    created = Self.now
    self.command = command
    settings = Dictionary(
      (run.configuration.settings + options).map { ($0.name, $0.value) },
      uniquingKeysWith: { $1 })
    self.files = Dictionary(files.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    threads = run.configuration.threads
    pin = run.pin
    ranks = run.severalRanks
    blasCore = machine.openBLAS?.core
    dataset = DatasetRecord(run.dataset, sha256: digests)
    self.machine = machine
  }

  /// The record of a resumed run: the start and parts of the earlier record, and one more part.
  ///
  /// - Parameters:
  ///   - earlier: The record of the earlier parts.
  ///   - step: The number of steps done before this part.
  /// - Returns: The record of all parts.
  package func continuing(_ earlier: RunRecord, atStep step: Int) -> RunRecord {
    var result = self
    result.created = earlier.created
    result.command = earlier.command
    result.resumed =
      earlier.resumed + [
        Part(
          time: Self.now, step: step, threads: threads, ranks: ranks, hostname: machine.hostname)
      ]
    return result
  }

  /// Whether another record has the same settings.
  ///
  /// - Parameter other: The other record.
  /// - Returns: Whether the settings of both are encoded as the same text. So `0` equals `0.0`,
  ///   which a file does not distinguish.
  /// - Throws: The encoder's error.
  package func hasSettings(of other: RunRecord) throws -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(settings) == encoder.encode(other.settings)
  }

  /// Reads a run's record.
  ///
  /// - Parameter path: The file.
  /// - Returns: The record.
  /// - Throws: ``TrainerError`` if there is no file or it is not a valid record; ``FileError`` if
  ///   it cannot be read.
  package static func read(path: String) throws -> RunRecord {
    guard let record = try readIfPresent(path: path) else {
      throw TrainerError(.dataNotFound, "\(path): found no file, expected a run's record")
    }
    return record
  }

  /// Reads a run's record, if there is one.
  ///
  /// - Parameter path: The file.
  /// - Returns: The record; nil if there is no file.
  /// - Throws: ``TrainerError`` if it is not a valid record; ``FileError`` if it cannot be read.
  package static func readIfPresent(path: String) throws -> RunRecord? {
    try RecordedFile.read(path: path, limit: sizeLimit).map { try RunRecord($0, place: path) }
  }

  /// Whether a file with the name of a record is another program's.
  ///
  /// - Parameter path: The file.
  /// - Returns: Whether it is JSON that does not say that it is a run's record; false if there is
  ///   no file, or if it is too damaged to say whose it is.
  /// - Throws: ``FileError`` if it cannot be read; ``TrainerError`` if it is not a regular file, or
  ///   too large.
  static func isForeign(path: String) throws -> Bool {
    guard let data = try RecordedFile.read(path: path, limit: sizeLimit) else { return false }
    do {
      let content = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return (content as? [String: Any])?["format"] as? String != format
    } catch {
      return false
    }
  }

  /// Decodes a record.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - place: The file's name for messages.
  /// - Throws: ``TrainerError`` that names the field, what was found and what was expected.
  init(_ data: Data, place: String) throws {
    self = try RecordedFile.decode(
      RunRecord.self, format: Self.format, from: data, place: place)
    do {
      settings = try OlderSettings.upgraded(settings)
    } catch {
      throw TrainerError(.badData, "\(place): field `settings`: \(error)")
    }
  }

  /// Writes the record into its run's directory.
  ///
  /// - Parameters:
  ///   - path: The file, replaced atomically.
  ///   - prepare: Called when the new file is on disk, but has not its name yet.
  /// - Throws: ``FileError`` if it cannot be written; what `prepare` throws.
  package func write(path: String, prepare: () throws -> Void = {}) throws {
    try RecordedFile.write(self, path: path, in: .ownDirectory, prepare: prepare)
  }

  /// OpenBLAS's core if it computed.
  ///
  /// Versions with one engine did not name it. Some older records of the native engine name a core
  /// that it did not use.
  var usedBLASCore: String? {
    settings["engine"].flatMap(Engine.init) == .native ? nil : machine.openBLAS?.core
  }

  private static var now: String {
    Date().formatted(.iso8601)
  }
}
