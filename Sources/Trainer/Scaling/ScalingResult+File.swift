import Files
import Foundation
import ImageData
import Model
import Runs
import Training

extension ScalingResult {
  /// The file's name in an experiment's directory.
  package static let fileName = "scaling.json"
  private static let sizeLimit = 1 << 24

  /// Reads the result of an experiment.
  ///
  /// - Parameter path: The file, or the directory that contains it as `scaling.json`.
  /// - Returns: The result; its counts are at least 1, and its rates are above 0.
  /// - Throws: ``TrainerError`` with the file, the field, what was found and what was expected.
  package static func read(path: String) throws -> ScalingResult {
    let file = file(at: path)
    guard let data = try RecordedFile.read(path: file, limit: sizeLimit) else {
      throw TrainerError(.dataNotFound, "\(file): found no file, expected a scaling experiment")
    }
    var result = try RecordedFile.decode(
      ScalingResult.self, format: format, from: data, place: file)
    do {
      result.plan.settings = try OlderSettings.upgraded(result.plan.settings)
    } catch {
      throw TrainerError(.badData, "\(file): field `plan.settings`: \(error)")
    }
    try ScalingResultCheck(file: file).check(result)
    return result
  }

  /// Writes the result as JSON with sorted keys.
  ///
  /// - Parameter path: The file, or a directory to write `scaling.json` in; it is replaced
  ///   atomically.
  /// - Throws: `FileError` if it cannot be written.
  package func write(path: String) throws {
    try RecordedFile.write(self, path: Self.file(at: path), in: .ownDirectory)
  }

  private static func file(at path: String) -> String {
    FileSystems.current.isFolder(path) ? path + "/" + fileName : path
  }
}
