import Files

extension AtomicFile {
  /// Replaces a file of a data set.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - location: Whose directory it is in.
  ///   - name: The name that messages use; nil for the path.
  ///   - bytes: The content.
  /// - Throws: `DataError` of kind `unwritable` or `refused`, also if `bytes` throws. The old file
  ///   is unchanged then.
  package static func replaceData(
    path: String, in location: Location = .anywhere, name: String? = nil,
    with bytes: @autoclosure () throws -> [UInt8]
  ) throws(DataError) {
    do {
      let content = try bytes()
      try replace(path: path, in: location) { file in try file.write(content) }
    } catch {
      guard let failure = error as? FileError else { throw DataError(.unwritable, "\(error)") }
      throw DataError(writing: failure.named(name ?? path))
    }
  }
}
