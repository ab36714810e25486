/// The form in which the four files of a published data set are offered.
package enum Distribution: Equatable, Sendable {
  /// Each by itself, gzip. They are kept as they are.
  case files([DatasetFile: PublishedFile])

  /// In a zip file. They are extracted, and brought into the usual form.
  case archive(PublishedArchive)

  /// The zip file, if they are in one.
  package var archive: PublishedArchive? {
    if case .archive(let archive) = self { archive } else { nil }
  }

  /// Each by itself, under its usual name.
  package static let usual = Distribution.files(
    Dictionary(
      uniqueKeysWithValues: DatasetFile.allCases.map { ($0, PublishedFile($0.packedName)) }))

  /// Each by itself, with names and MD5 in the order of `DatasetFile.allCases`.
  static func files(_ published: [(name: String, md5: String)]) -> Distribution {
    .files(
      Dictionary(
        uniqueKeysWithValues: zip(DatasetFile.allCases, published).map {
          ($0, PublishedFile($1.name, md5: $1.md5))
        }))
  }
}
