import Files
import Glibc
import ImageData
import Model
import Training

/// A saved model, with the data set that it was trained on if that is known.
package struct SavedModel: Sendable {
  /// The file.
  package let file: ModelFile
  /// The data set that the model was trained on, according to its file or to the record in its run
  /// directory; nil if neither names one.
  package let data: ModelData?
  /// The directory of the data set, if the run that trained the model was given one.
  private let directory: String?

  /// The model as a part of an ensemble.
  package var member: Ensemble.Member { Ensemble.Member(file: file, data: data) }

  /// Reads a model.
  ///
  /// - Parameter path: A safetensors file, or a run directory, whose `model.safetensors` is read.
  /// - Throws: `WeightsError`, ``TrainerError`` or ``CheckpointError`` if the file is not a valid
  ///   model, or has values that are not finite; `FileError` if it cannot be read.
  package init(path: String) throws {
    file = try ModelFile(Self.read(path: path))
    try file.requireFinite()
    let own = try file.data()
    let record = try Self.record(beside: file.path)
    let recorded = record.flatMap { ModelData($0.dataset) }
    // A file may have been copied into another run's directory.
    let isOfRun =
      if let own {
        own.sha256 == recorded?.sha256
      } else {
        try recorded?.mismatch(with: file.architecture()) == nil
      }
    data = own ?? (isOfRun ? recorded : nil)
    directory =
      if isOfRun, case .text(let directory)? = record?.settings["data"] { directory } else { nil }
  }

  /// Reads a model's file.
  ///
  /// - Parameter path: A safetensors file, or a run directory, whose `model.safetensors` is read.
  /// - Returns: The file.
  /// - Throws: `WeightsError`, ``TrainerError`` for a directory without a model, or
  ///   ``CheckpointError``; `FileError` if the file cannot be read.
  package static func read(path: String) throws -> SafetensorsFile {
    let file = try SafetensorsFile.read(path: filePath(path))
    if Checkpoint.isOne(file) { throw CheckpointError(path: file.path) }
    return file
  }

  private static func filePath(_ path: String) throws -> String {
    guard try existing(path)?.kind == .folder else { return path }
    let file = RunPaths(directory: path).model
    guard try existing(file) != nil else {
      throw TrainerError(
        .dataNotFound,
        "\(path): found a directory without model.safetensors, expected a model's file or the "
          + "directory of a complete run")
    }
    return file
  }

  /// The status of the file at a path; nil if there is none.
  private static func existing(_ path: String) throws(FileError) -> FileStatus? {
    try FileError.wrapping(path, .read) { () throws(SystemError) in
      do throws(SystemError) {
        return try FileSystems.current.existing(path)
      } catch  where error.code == ENOTDIR {
        return nil
      }
    }
  }

  /// The record of the run whose directory contains a model; nil if the folder is not a run
  /// directory.
  private static func record(beside path: String) throws -> RunRecord? {
    let paths = RunPaths(directory: PathText.parent(of: path))
    let name = PathText.names(in: path).last
    guard
      [paths.model, paths.bestModel].contains(where: { PathText.names(in: $0).last == name }),
      try existing(paths.config) != nil
    else { return nil }
    do {
      return try RunRecord.read(path: paths.config)
    } catch let error as TrainerError where error.code == .badData {
      // Other programs also write a config.json next to a model.safetensors.
      return nil
    }
  }

  /// Finds the data set that the model was trained on.
  ///
  /// - Parameters:
  ///   - environment: Environment variables, for `DatasetLocator`.
  ///   - note: Called for each place that could not be searched.
  /// - Returns: The location; nil if the model's data set is not known.
  /// - Throws: `DataError`; it names the data set if that is not found.
  package func locateData(
    environment: [String: String], note: (DataError) -> Void = { _ in }
  ) throws -> DatasetLocation? {
    guard let data else { return nil }
    // A published data set is found by its name, even if training read it from a directory.
    let name = directory == nil ? KnownDataset.published(data.sha256)?.name : nil
    do throws(DataError) {
      return try DatasetLocator.locate(
        dataset: name ?? data.name, directory: directory, environment: environment, note: note)
    } catch {
      guard error.kind == .notFound || error.kind == .usage else { throw error }
      throw DataError(
        .notFound,
        "\(file.path): the model was trained on the data set \(data.name), which cannot be found; "
          + "give its directory with \(setting: "data"), or another data set with "
          + "\(setting: "dataset")\n\(error)", missing: error.missing)
    }
  }

  /// Compares a data set with the one that the model was trained on.
  ///
  /// - Parameter dataset: The data set that the model is evaluated on.
  /// - Returns: A warning that names both; nil if they are equal or the model's is not known.
  package func warning(evaluatedOn dataset: Dataset) -> String? {
    guard let data else { return nil }
    let files = data.differingFiles(of: dataset)
    if files.isEmpty { return nil }
    return "\(file.path) was trained on the data set \(data.name), but is evaluated on other data, "
      + "\(dataset.name) in \(dataset.directory); the SHA-256 differs for "
      + listed(files)
  }
}
