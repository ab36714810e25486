import Files
import Foundation

/// The place of a data set: a directory with four files, gzip or plain.
public struct DatasetLocation: Equatable, Sendable {
  /// The data set's name, as used in records; that of a published one may be in upper or lower
  /// case.
  public let name: String

  /// The directory.
  public let directory: String

  /// Creates a location without accessing the directory.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - directory: The directory.
  public init(name: String, directory: String) {
    self.name = name
    self.directory = directory
  }

  /// The paths of the four files.
  ///
  /// If a file exists both plain and packed, the plain one is used, since it loads faster. With a
  /// full stop in place of the hyphen before `idx`, a name is accepted too.
  ///
  /// - Returns: The path of each file.
  /// - Throws: `DataError`: `notFound` with the names of the missing files, or `unreadable` if the
  ///   directory cannot be searched.
  package func files() throws(DataError) -> [DatasetFile: String] {
    let found = try presentFiles()
    let absent = DatasetFile.allCases.filter { found[$0] == nil }
    guard absent.isEmpty else {
      let names = absent.map { "\($0.plainName)[.gz]" }.joined(separator: ", ")
      let others = OtherNames(of: absent, in: directory)
      let missing: DataError.MissingData? =
        others.map { .usualNames($0) } ?? KnownDataset.matching(name).map { .files(of: $0) }
        ?? (found.isEmpty ? .directory : nil)
      throw DataError(
        .notFound,
        "\(directory): expected the four files of \(name), found \(found.count) of them; "
          + "missing: \(names)",
        missing: missing)
    }
    return found
  }

  /// The paths of the existing files among the four.
  package func presentFiles() throws(DataError) -> [DatasetFile: String] {
    var found: [DatasetFile: String] = [:]
    for file in DatasetFile.allCases {
      var paths: [String] = []
      for path in file.names.map(path) where try fileExists(path) { paths.append(path) }
      // Kaggle's MNIST has folders of the usual names beside the files.
      found[file] = paths.first { !FileSystems.current.isFolder($0) } ?? paths.first
    }
    return found
  }

  /// The path of a file in the directory.
  public func path(_ name: String) -> String {
    PathText.joined(directory, name)
  }
}

/// Whether a path exists, for a file of any kind.
///
/// - Throws: `DataError` of kind `unreadable` if the system does not tell.
func fileExists(_ path: String) throws(DataError) -> Bool {
  do throws(SystemError) {
    return try FileSystems.current.existing(path) != nil
  } catch {
    if error.code == ENOTDIR { return false }
    throw .system(.unreadable, cannot: "look for the file", path, code: error.code)
  }
}
