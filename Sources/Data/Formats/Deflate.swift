/// Properties of the compression method of gzip and zip files.
package enum Deflate {
  /// The largest ratio of the unpacked size to the packed size.
  ///
  /// It uses at least 2 bits for 258 bytes.
  package static let largestExpansion = 1032
}
