import Files
import Foundation
import Machine
import Model
import Parallel
import Training

/// The content of `config.json`: what a run is, on what, where.
package struct RunRecord: Codable, Sendable {
  /// A later part of the run.
  package struct Part: Codable, Sendable {
    /// When it began, in UTC.
    package var time: String
    /// The step that it began with.
    package var step: Int
    /// Its worker threads, of rank 0.
    package var threads: Int
    /// Its ranks, where there were several.
    package var ranks: Int?
    /// Its machine's name.
    package var hostname: String
  }

  static let format = "trainer run"
  /// The file's name in a run directory.
  static let fileName = "config.json"
  private static let sizeLimit = 1 << 24

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  package var version = TrainerVersion.current
  /// When the run began, in UTC.
  package var created: String
  /// The command that began it.
  package var command: [String]
  /// The effective settings, by the names of their options.
  package var settings: [String: Setting.Value]
  /// Further files that the latest part was told to write or read, by the names of their options;
  /// nil in the records of version 0.1.0's first builds.
  package var files: [String: Setting.Value]?
  /// Worker threads of the latest part, of rank 0.
  package var threads: Int
  /// Which CPUs the latest part's workers were bound to; nil in older records, for none.
  package var pin: WorkerPlacement?
  /// Ranks of the latest part, where there were several.
  package var ranks: Int?
  /// OpenBLAS's set of kernels, for those who read the file: it is the machine's; nil in older
  /// records, which call it `kernel`.
  package var blasCore: String?
  /// The data.
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

  /// Describes a run that begins.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - options: Settings beside the configuration's: of data, files and checkpoints.
  ///   - files: Further files that the run writes or reads.
  ///   - digests: The SHA-256 of the data set's files.
  ///   - machine: Where it runs.
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
    blasCore = machine.openBLAS.core
    dataset = DatasetRecord(run.dataset, sha256: digests)
    self.machine = machine
  }

  /// The same run as it goes on: with another's beginning and one part more.
  ///
  /// - Parameters:
  ///   - earlier: The record of the parts before.
  ///   - step: The step that this part begins with.
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
  /// - Parameter other: The record, which may have been read: a file does not tell `0` from `0.0`.
  /// - Returns: Whether both would be written with the same text.
  /// - Throws: What encoding throws.
  package func hasSettings(of other: RunRecord) throws -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(settings) == encoder.encode(other.settings)
  }

  /// Reads a run's record.
  ///
  /// - Parameter path: The file.
  /// - Returns: The record.
  /// - Throws: ``TrainerError`` where it cannot be read or is none.
  package static func read(path: String) throws -> RunRecord {
    guard let record = try readIfPresent(path: path) else {
      throw TrainerError(.dataNotFound, "\(path): found no file, expected a run's record")
    }
    return record
  }

  /// Reads a run's record.
  ///
  /// - Parameter path: The file.
  /// - Returns: The record; nil if there is no file.
  /// - Throws: ``TrainerError`` if it cannot be read or is none, also if it is not known whether
  ///   there is one.
  package static func readIfPresent(path: String) throws -> RunRecord? {
    try RecordedFile.read(path: path, limit: sizeLimit).map { try RunRecord($0, place: path) }
  }

  /// Decodes a record.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - place: The file that messages name.
  /// - Throws: ``TrainerError`` that names the field, what was found and what was expected.
  init(_ data: Data, place: String) throws {
    self = try RecordedFile.decode(
      RunRecord.self, format: Self.format, from: data, place: place)
  }

  /// Writes the record into its run's directory.
  ///
  /// - Parameter path: The file, replaced at once.
  /// - Throws: `WeightsError` where it cannot be written.
  package func write(path: String) throws {
    try RecordedFile.write(self, path: path, in: .lockedDirectory)
  }

  private static var now: String {
    Date().formatted(.iso8601)
  }
}

extension DecodingError {
  /// Where in a JSON text the error is.
  var place: String {
    var keys: [any CodingKey] = []
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      keys = context.codingPath
    case .keyNotFound(let key, let context): keys = context.codingPath + [key]
    @unknown default: break
    }
    return keys.isEmpty ? "at its top" : "at \(keys.map(\.stringValue).joined(separator: "."))"
  }
}
