/// A file at a mirror.
package struct PublishedFile: Equatable, Sendable {
  /// Its name, relative to the mirror's address.
  package let name: String

  /// The MD5 of its bytes, packed as they are; nil if the SHA-256 of the content is known instead.
  package let md5: String?

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - name: Its name, relative to the mirror's address.
  ///   - md5: The MD5 of its bytes; nil if it is not needed.
  package init(_ name: String, md5: String? = nil) {
    self.name = name
    self.md5 = md5
  }
}

/// A zip file with the packed files of several data sets.
package struct PublishedArchive: Equatable, Sendable {
  /// The zip file.
  package let file: PublishedFile

  /// The name in the zip file of each of the four files, which are gzip.
  package let members: [DatasetFile: String]

  /// Whether rows and columns of the images are swapped.
  package let isTransposed: Bool

  /// The label of class 0.
  package let firstLabel: UInt8

  /// Creates an archive.
  ///
  /// - Parameters:
  ///   - file: The zip file.
  ///   - members: The name in the zip file of each of the four files.
  ///   - isTransposed: Whether rows and columns of the images are swapped.
  ///   - firstLabel: The label of class 0.
  package init(
    file: PublishedFile, members: [DatasetFile: String], isTransposed: Bool, firstLabel: UInt8
  ) {
    self.file = file
    self.members = members
    self.isTransposed = isTransposed
    self.firstLabel = firstLabel
  }
}

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
