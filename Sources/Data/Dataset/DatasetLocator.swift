import Files
import Foundation

/// Finds data sets on this machine.
public enum DatasetLocator {
  /// The folder in which distributions put data sets, for example Debian's package
  /// `dataset-fashion-mnist`.
  private static let systemDirectory = "/usr/share/datasets"

  /// Finds the requested data set, or a default one.
  ///
  /// If a directory is given, only that directory is searched. Otherwise the places of
  /// `candidates(for:environment:)` are searched in order, and the first one with any of the four
  /// files is used. Places that cannot be searched are skipped.
  ///
  /// - Parameters:
  ///   - dataset: The name of a data set; upper and lower case of published names are equal. Nil
  ///     takes the first of `KnownDataset.standard` that is found.
  ///   - directory: A directory with the four files. Without `dataset`, its last component becomes
  ///     the data set's name.
  ///   - environment: The environment variables; `TRAINER_DATA`, `XDG_CACHE_HOME` and `HOME` are
  ///     used.
  ///   - note: Called for each place that could not be searched, if the data set was found in
  ///     another one.
  /// - Returns: The name and directory; all four files exist.
  /// - Throws: `DataError`: `notFound` with the searched places or the missing files; `usage` for
  ///   an unknown name; `unreadable` for a given directory.
  public static func locate(
    dataset: String? = nil, directory: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    note: (DataError) -> Void = { _ in }
  ) throws(DataError) -> DatasetLocation {
    try locate(
      dataset: dataset, directory: directory, environment: environment,
      systemDirectory: systemDirectory, note: note)
  }

  /// The directories to search for a data set, in order.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: Environment variables.
  /// - Returns: `$TRAINER_DATA/NAME`, the directory in the user's cache, and
  ///   `/usr/share/datasets/NAME`. The first two are present only if the environment defines them.
  package static func candidates(for name: String, environment: [String: String]) -> [String] {
    candidates(for: name, environment: environment, systemDirectory: systemDirectory)
  }

  /// The published data sets that are on this machine, in the order of `KnownDataset.all`.
  ///
  /// - Parameters:
  ///   - environment: Environment variables.
  ///   - note: Called for each folder of data sets in which one cannot be searched for.
  /// - Returns: The first complete place of each data set.
  package static func available(
    environment: [String: String], note: (DataError) -> Void = { _ in }
  ) -> [DatasetLocation] {
    var noted: Set<String> = []
    return KnownDataset.all.compactMap { dataset in
      candidates(for: dataset.name, environment: environment).lazy
        .map { DatasetLocation(name: dataset.name, directory: $0) }
        .first { location in
          do throws(DataError) {
            return try location.presentFiles().count == DatasetFile.allCases.count
          } catch {
            // All data sets have the same problem if their folder has one.
            if noted.insert(PathText.parent(of: location.directory)).inserted { note(error) }
            return false
          }
        }
    }
  }

  /// The user's cache directory for a data set, into which files are fetched.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: The environment variables; `XDG_CACHE_HOME` is used if it is an absolute
  ///     path, otherwise `HOME` with `.cache`.
  /// - Returns: The directory, which may not exist; nil if the environment defines none.
  package static func cacheDirectory(
    for name: String, environment: [String: String]
  ) -> String? {
    if let cache = environment["XDG_CACHE_HOME"], PathText.isAbsolute(cache) {
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
    dataset: String?, directory: String?, environment: [String: String], systemDirectory: String,
    note: (DataError) -> Void = { _ in }
  ) throws(DataError) -> DatasetLocation {
    if let directory { return try given(directory: directory, dataset: dataset) }
    var search = Search { name in
      candidates(for: name, environment: environment, systemDirectory: systemDirectory)
    }
    let location: DatasetLocation?
    let sought: [KnownDataset]
    if let dataset {
      guard isName(dataset) else { throw unknown(dataset) }
      let known = KnownDataset.matching(dataset)
      // A directory with exactly that name comes first.
      let names = [dataset] + (known.map { $0.name == dataset ? [] : [$0.name] } ?? [])
      location = try search.first(of: names)
      sought = known.map { [$0] } ?? []
    } else {
      location = try search.first(of: KnownDataset.standard.map(\.name))
      sought = KnownDataset.standard
    }
    if let location {
      for problem in search.problems { note(problem) }
      return location
    }
    // If a place could not be searched, the data set may be there.
    if let dataset, sought.isEmpty, search.problems.isEmpty { throw unknown(dataset) }
    throw search.notFound(sought, named: dataset)
  }

  private static func given(
    directory: String, dataset: String?
  ) throws(DataError) -> DatasetLocation {
    let kind: FileStatus.Kind
    do throws(SystemError) {
      kind = try FileSystems.current.status(directory, followingLink: true).kind
    } catch {
      throw .system(
        .unreadable, cannot: "open the data directory", directory, code: error.code)
    }
    guard kind == .folder else {
      let found = kind == .regular ? "a file" : kind.description
      throw DataError(
        .invalid, "\(directory): found \(found), expected a directory with the four IDX files",
        missing: kind == .regular ? .directory : nil)
    }
    // The name of the absolute path, so that "." has a name too.
    let location = DatasetLocation(
      name: dataset ?? PathNames.name(of: directory), directory: directory)
    _ = try location.files()
    return location
  }

  /// Whether a name can be that of a directory.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !PathText.hasSlash(name)
  }

  static func unknown(_ name: String) -> DataError {
    let known = KnownDataset.all.map(\.name).joined(separator: ", ")
    return DataError(
      .usage,
      "unknown data set '\(name)': expected \(known) or a directory's name in $TRAINER_DATA",
      missing: .name)
  }
}

/// A search through places, which records the searched places.
private struct Search {
  /// The places of a data set, in order.
  let candidates: (_ name: String) -> [String]
  private(set) var places: [String] = []
  /// The reasons why places could not be searched.
  private(set) var problems: [DataError] = []

  init(candidates: @escaping (_ name: String) -> [String]) {
    self.candidates = candidates
  }

  /// The first place with any of the four files; it must have all of them.
  mutating func first(of names: [String]) throws(DataError) -> DatasetLocation? {
    for name in names {
      for directory in candidates(name) {
        places.append(directory)
        let location = DatasetLocation(name: name, directory: directory)
        do throws(DataError) {
          if try location.presentFiles().isEmpty { continue }
        } catch {
          problems.append(error)
          continue
        }
        _ = try location.files()
        return location
      }
    }
    return nil
  }

  func notFound(_ datasets: [KnownDataset], named name: String?) -> DataError {
    let titles = datasets.isEmpty ? [name ?? ""] : datasets.map(\.title)
    let lines =
      [
        "\(titles.count > 1 ? "neither " : "")\(titles.joined(separator: " nor ")) "
          + "\(titles.count > 1 ? "was" : "was not") found; looked in:"
      ]
      + places.map { "  \($0)" }
      + problems.map { "This place could not be searched: \($0)" }
    return DataError(
      .notFound, "\(lines.joined(separator: "\n"))", missing: .datasets(datasets))
  }
}
