import Files

/// Files in a directory that seem to be those of a data set, under names that are not accepted.
package struct OtherNames: Equatable, Sendable {
  /// A file's name, and the one that is accepted.
  package struct Name: Equatable, Sendable {
    /// The name of the file.
    package let found: String
    /// The usual name of such a file.
    package let usual: String
  }

  /// The directory.
  package let directory: String

  /// The files, in the order of `DatasetFile.allCases`.
  package let names: [Name]

  /// The published data set whose names these are, if its images are published with rows and
  /// columns swapped: under the usual names they would be taken for upright ones.
  package let transposed: KnownDataset?

  /// Looks for files whose names end as the usual ones do, as in
  /// `emnist-letters-train-images-idx3-ubyte`, or have `test` in place of `t10k`, or `idx4` in
  /// place of `idx3` for images of several channels.
  ///
  /// The result is nil if there are none, or if the directory cannot be listed.
  ///
  /// - Parameters:
  ///   - files: The files that are missing.
  ///   - directory: The directory.
  init?(of files: [DatasetFile], in directory: String) {
    guard let listed = try? FileSystems.current.names(in: directory).sorted() else { return nil }
    let names = files.compactMap { file in
      listed.first { Self.isLike(file, $0) }.map { found in
        Name(found: found, usual: found.hasSuffix(".gz") ? file.packedName : file.plainName)
      }
    }
    guard !names.isEmpty else { return nil }
    self.directory = directory
    self.names = names
    transposed = KnownDataset.all.first { known in
      known.isTransposed && names.contains { $0.found.hasPrefix(known.name + "-") }
    }
  }

  private static func isLike(_ file: DatasetFile, _ name: String) -> Bool {
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return file.names.flatMap { [$0, $0.replacing("idx3", with: "idx4")] }
      .flatMap { [$0, $0.replacing("t10k", with: "test")] }
      .contains { plain.lowercased().hasSuffix($0) }
  }
}
