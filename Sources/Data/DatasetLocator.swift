import Foundation
import Parallel

/// Finds data sets on this machine.
public enum DatasetLocator {
  /// Where distributions put data sets: Debian's package `dataset-fashion-mnist` does.
  private static let systemDirectory = "/usr/share/datasets"

  /// Finds the data set that was asked for, or the one to take where none was.
  ///
  /// A directory that is given is the only place looked at. Otherwise the data set is sought in
  /// `candidates(for:environment:)`, in their order; the first with any of the four files counts.
  ///
  /// - Parameters:
  ///   - dataset: A name; nil takes the first of `KnownDataset.all` that is found.
  ///   - directory: A directory with the four files. Where no name is given, its last component
  ///     becomes the data set's name.
  ///   - environment: Environment variables: `TRAINER_DATA`, `XDG_CACHE_HOME` and `HOME` count.
  /// - Returns: The name and directory; all four files exist.
  /// - Throws: `DataError`: `notFound` with the places looked at and the commands that get the data,
  ///   or with the files that are missing; `usage` for an unknown name; `unreadable`.
  public static func locate(
    dataset: String?, directory: String?, environment: [String: String]
  ) throws(DataError) -> DatasetLocation {
    try locate(
      dataset: dataset, directory: directory, environment: environment,
      systemDirectory: systemDirectory)
  }

  /// The directories a data set is sought in, the first choice first.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: Environment variables.
  /// - Returns: `$TRAINER_DATA/NAME`, the cache's directory and `/usr/share/datasets/NAME`; the first
  ///   two only where the environment names them.
  public static func candidates(for name: String, environment: [String: String]) -> [String] {
    candidates(for: name, environment: environment, systemDirectory: systemDirectory)
  }

  /// The published data sets that are on this machine, in the order of `KnownDataset.all`.
  ///
  /// - Parameter environment: Environment variables.
  /// - Returns: The first complete place of each.
  /// - Throws: `DataError` of kind `unreadable` where a directory cannot be searched.
  public static func available(
    environment: [String: String]
  ) throws(DataError) -> [DatasetLocation] {
    var found: [DatasetLocation] = []
    for dataset in KnownDataset.all {
      for directory in candidates(for: dataset.name, environment: environment) {
        let location = DatasetLocation(name: dataset.name, directory: directory)
        if try location.presentFiles().count == DatasetFile.allCases.count {
          found.append(location)
          break
        }
      }
    }
    return found
  }

  /// The user's own place for a data set, where fetched files go.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: Environment variables: `XDG_CACHE_HOME` where it is an absolute path, else
  ///     `HOME` with `.cache`.
  /// - Returns: A directory that may not exist yet, or nil where the environment names none.
  public static func cacheDirectory(
    for name: String, environment: [String: String]
  ) -> String? {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return "\(cache)/trainer/\(name)"
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return "\(home)/.cache/trainer/\(name)"
  }
}

extension DatasetLocator {
  static func candidates(
    for name: String, environment: [String: String], systemDirectory: String
  ) -> [String] {
    var directories: [String] = []
    if let root = environment["TRAINER_DATA"], !root.isEmpty {
      directories.append("\(root)/\(name)")
    }
    if let cache = cacheDirectory(for: name, environment: environment) { directories.append(cache) }
    directories.append("\(systemDirectory)/\(name)")
    return directories
  }

  static func locate(
    dataset: String?, directory: String?, environment: [String: String], systemDirectory: String
  ) throws(DataError) -> DatasetLocation {
    if let directory { return try given(directory: directory, dataset: dataset) }
    if let dataset {
      guard isName(dataset) else { throw unknown(dataset) }
      let places = candidates(
        for: dataset, environment: environment, systemDirectory: systemDirectory)
      if let location = try first(of: places, name: dataset) { return location }
      guard let known = KnownDataset.named(dataset) else { throw unknown(dataset) }
      throw notFound([known], places: places)
    }
    var places: [String] = []
    for known in KnownDataset.all {
      let directories = candidates(
        for: known.name, environment: environment, systemDirectory: systemDirectory)
      if let location = try first(of: directories, name: known.name) { return location }
      places += directories
    }
    throw notFound(KnownDataset.all, places: places)
  }

  private static func given(
    directory: String, dataset: String?
  ) throws(DataError) -> DatasetLocation {
    var status = stat()
    guard stat(directory, &status) == 0 else {
      throw .system(.unreadable, cannot: "open the data directory", directory, code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .invalid(directory, "found a file, expected a directory with the four IDX files")
    }
    // Of the path from the root on, so that "." has a name too.
    let location = DatasetLocation(
      name: dataset ?? PathNames.name(of: directory), directory: directory)
    _ = try location.files()
    return location
  }

  /// The first place with any of the four files, which must have them all.
  private static func first(
    of directories: [String], name: String
  ) throws(DataError) -> DatasetLocation? {
    for directory in directories {
      let location = DatasetLocation(name: name, directory: directory)
      if try location.presentFiles().isEmpty { continue }
      _ = try location.files()
      return location
    }
    return nil
  }

  /// Whether a name can be a directory's.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.contains("/")
  }

  static func unknown(_ name: String) -> DataError {
    let known = KnownDataset.all.map(\.name).joined(separator: ", ")
    return DataError(
      .usage,
      "unknown data set '\(name)': expected one of \(known), a directory's name in "
        + "$TRAINER_DATA, or a directory given with --data")
  }

  private static func notFound(_ datasets: [KnownDataset], places: [String]) -> DataError {
    let titles = datasets.map(\.title).joined(separator: " nor ")
    let remedies = datasets.flatMap(\.commands).map { "  \($0)" }
    return DataError(
      .notFound,
      """
      \(datasets.count > 1 ? "neither " : "")\(titles) \(datasets.count > 1 ? "was" : "was not") \
      found; looked in:
      \(places.map { "  \($0)" }.joined(separator: "\n"))
      These commands get the data:
      \(remedies.joined(separator: "\n"))
      A directory with the four IDX files can be given with --data.
      """)
  }
}
