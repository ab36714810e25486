import Files
import Foundation

/// Finds data sets on this machine.
public enum DatasetLocator {
  /// Where distributions put data sets: Debian's package `dataset-fashion-mnist` does.
  private static let systemDirectory = "/usr/share/datasets"

  /// Finds the data set that was asked for, or the one to take where none was.
  ///
  /// A directory that is given is the only place looked at. Otherwise the data set is sought in
  /// `candidates(for:environment:)`, in their order; the first with any of the four files counts.
  /// A place that cannot be searched is passed over.
  ///
  /// - Parameters:
  ///   - dataset: A name, that of a published data set in any case; nil takes the first of
  ///     `KnownDataset.all` that is found.
  ///   - directory: A directory with the four files. If no name is given, its last component becomes
  ///     the data set's name.
  ///   - environment: Environment variables: `TRAINER_DATA`, `XDG_CACHE_HOME` and `HOME` count.
  ///   - note: Is told of places that could not be searched, if the data set was found in another.
  /// - Returns: The name and directory; all four files exist.
  /// - Throws: `DataError`: `notFound` with the places looked at and the commands that get the data,
  ///   or with the files that are missing; `usage` for an unknown name; `unreadable` for a directory
  ///   that was given.
  public static func locate(
    dataset: String? = nil, directory: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    note: (DataError) -> Void = { _ in }
  ) throws(DataError) -> DatasetLocation {
    try locate(
      dataset: dataset, directory: directory, environment: environment,
      systemDirectory: systemDirectory, note: note)
  }

  /// The directories a data set is sought in, the first choice first.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: Environment variables.
  /// - Returns: `$TRAINER_DATA/NAME`, the cache's directory and `/usr/share/datasets/NAME`; the first
  ///   two only where the environment names them.
  package static func candidates(for name: String, environment: [String: String]) -> [String] {
    candidates(for: name, environment: environment, systemDirectory: systemDirectory)
  }

  /// The published data sets that are on this machine, in the order of `KnownDataset.all`.
  ///
  /// - Parameters:
  ///   - environment: Environment variables.
  ///   - note: Is told of places that cannot be searched.
  /// - Returns: The first complete place of each.
  package static func available(
    environment: [String: String], note: (DataError) -> Void = { _ in }
  ) -> [DatasetLocation] {
    KnownDataset.all.compactMap { dataset in
      candidates(for: dataset.name, environment: environment).lazy
        .map { DatasetLocation(name: dataset.name, directory: $0) }
        .first { location in
          do throws(DataError) {
            return try location.presentFiles().count == DatasetFile.allCases.count
          } catch {
            note(error)
            return false
          }
        }
    }
  }

  /// The user's own place for a data set, where fetched files go.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - environment: Environment variables: `XDG_CACHE_HOME` where it is an absolute path, else
  ///     `HOME` with `.cache`.
  /// - Returns: A directory that may not exist yet, or nil where the environment names none.
  package static func cacheDirectory(
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
      // A directory of that very name comes first.
      let names = [dataset] + (known.map { $0.name == dataset ? [] : [$0.name] } ?? [])
      location = try search.first(of: names)
      sought = known.map { [$0] } ?? []
    } else {
      location = try search.first(of: KnownDataset.all.map(\.name))
      sought = KnownDataset.all
    }
    if let location {
      for problem in search.problems { note(problem) }
      return location
    }
    // What is not found may be where nobody could look.
    if let dataset, sought.isEmpty, search.problems.isEmpty { throw unknown(dataset) }
    throw search.notFound(sought, named: dataset)
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
}

/// A search through places, which remembers where it was.
private struct Search {
  /// The places of a name, the first choice first.
  let candidates: (_ name: String) -> [String]
  private(set) var places: [String] = []
  /// Why places could not be searched.
  private(set) var problems: [DataError] = []

  init(candidates: @escaping (_ name: String) -> [String]) {
    self.candidates = candidates
  }

  /// The first place with any of the four files, which must have them all.
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
    let remedies = datasets.flatMap(\.commands).map { "  \($0)" }
    let lines =
      [
        "\(titles.count > 1 ? "neither " : "")\(titles.joined(separator: " nor ")) "
          + "\(titles.count > 1 ? "was" : "was not") found; looked in:"
      ]
      + places.map { "  \($0)" }
      + problems.map { "This place could not be searched: \($0)" }
      + (remedies.isEmpty ? [] : ["These commands get the data:"] + remedies)
      + ["A directory with the four IDX files can be given with --data."]
    return DataError(.notFound, lines.joined(separator: "\n"))
  }
}
