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
