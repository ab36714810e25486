import Files
import Foundation
import Model
import Training

/// Recognizes a run that has ended and whose directory contains all of its files.
package enum CompleteRun {
  /// The last line of the metrics of a complete run.
  ///
  /// - Parameters:
  ///   - run: The run, at the position of its newest checkpoint.
  ///   - paths: The files of its directory.
  /// - Returns: The line; nil if the run has further steps, or if an output file is missing or does
  ///   not match the run, so that it must be written again.
  /// - Throws: ``TrainerError`` or ``FileError`` if a file cannot be read.
  package static func end(of run: TrainingRun, paths: RunPaths) throws -> RecordedEnd? {
    guard run.position.step > 0, run.ending != nil || run.position.step == run.stepLimit,
      let metrics = try metrics(paths), let end = metrics.end,
      end.step == run.position.step, end.weightsDigest == run.digest,
      try holdsModel(paths.model, of: run), BestModel.isWritten(path: paths.bestModel, run: run),
      try text(paths.table)?.split(separator: "\n").count == metrics.epochs.count + 1,
      // The report is written last and contains the digest.
      try text(paths.report)?.contains(end.weightsDigest) == true
    else { return nil }
    return end
  }

  private static func holdsModel(_ path: String, of run: TrainingRun) throws -> Bool {
    do {
      let found = try SafetensorsFile.read(path: path)
      let expected = try run.modelContent(path: path)
      return found.metadata == expected.metadata && found.tensors == expected.tensors
    } catch is WeightsError {
      return false
    } catch let error as FileError where error.isMissing {
      return false
    }
  }

  /// The metrics; nil if there are none, or if a crash of the machine has damaged them.
  ///
  /// They are then written again from the checkpoint.
  private static func metrics(_ paths: RunPaths) throws -> RecordedMetrics? {
    do {
      return try RecordedMetrics.read(directory: paths.directory)
    } catch let error as TrainerError where error.code == .badData {
      return nil
    }
  }

  private static func text(_ path: String) throws -> String? {
    try RecordedFile.read(path: path, limit: 1 << 30).map { String(decoding: $0, as: UTF8.self) }
  }
}
