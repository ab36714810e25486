/// A published data set: its expected files, and where to get them.
package struct KnownDataset: Equatable, Sendable {
  /// The name that is asked for.
  package let name: String

  /// The usual name.
  package let title: String

  /// The names of the classes, from class 0.
  package let classNames: [String]

  /// The number of classes.
  package var classCount: Int { classNames.count }

  /// The SHA-256 of each unpacked file, in lower-case hexadecimal; empty if none is known.
  package let digests: [DatasetFile: String]

  /// The form in which the files are offered.
  package let distribution: Distribution

  /// Addresses of directories with the published files, the preferred one first.
  package let mirrors: [String]

  /// The package of Debian and Ubuntu that contains it; nil if there is none.
  package let systemPackage: String?

  /// Describes a published data set.
  ///
  /// - Parameters:
  ///   - name: The name that is asked for, in lower case.
  ///   - title: The usual name.
  ///   - classNames: The names of the classes, from class 0.
  ///   - digests: The SHA-256 of each unpacked file; empty if none is known.
  ///   - distribution: How the files are offered. Without digests it has an MD5.
  ///   - mirrors: Addresses of directories with the published files, the preferred one first.
  ///   - systemPackage: The package of Debian and Ubuntu that contains it.
  package init(
    name: String, title: String, classNames: [String], digests: [DatasetFile: String] = [:],
    distribution: Distribution = .usual, mirrors: [String], systemPackage: String? = nil
  ) {
    self.name = name
    self.title = title
    self.classNames = classNames
    self.digests = digests
    self.distribution = distribution
    self.mirrors = mirrors
    self.systemPackage = systemPackage
  }

  /// All published data sets that the trainer knows.
  package static let all = standard + [kmnist, qmnist] + emnist

  /// Those that are searched for if no name is given, in search order.
  package static let standard = [mnist, fashionMNIST]

  /// The names for help, such as "mnist or fashion-mnist".
  package static var choice: String {
    let names = all.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  /// Finds a published data set by its name in upper or lower case.
  ///
  /// - Parameter name: A name, for example "MNIST".
  /// - Returns: The entry of `all` with that name; nil if there is none.
  package static func matching(_ name: String) -> KnownDataset? {
    let name = name.lowercased()
    return all.first { $0.name == name }
  }

  /// Finds a published data set by the digests of its files.
  ///
  /// - Parameter digests: The SHA-256 of each unpacked file, by its plain name.
  /// - Returns: The entry of `all` with these digests; nil if there is none. Data sets whose
  ///   digests are not known are never found.
  package static func published(_ digests: [String: String]) -> KnownDataset? {
    all.first { known in
      !known.digests.isEmpty
        && known.digests.allSatisfy { file, digest in digests[file.plainName] == digest }
    }
  }

  /// Whether a fetch leaves a ``FetchRecord``: nobody has published what it would find.
  package var leavesRecord: Bool { digests.isEmpty }

  /// Whether its images are published with rows and columns swapped.
  package var isTransposed: Bool { distribution.archive?.isTransposed ?? false }

  /// The MD5 of a packed file as it is published; nil if it is not known, or if the file is not
  /// published by itself.
  func md5(of file: DatasetFile) -> String? {
    guard case .files(let published) = distribution else { return nil }
    return published[file]?.md5
  }

  /// A note about its labels if they are not the classes, for messages.
  var labelNote: String {
    guard let first = distribution.archive?.firstLabel, first > 0 else { return "" }
    return "; as published its labels count from \(first), which fetching it changes"
  }
}
