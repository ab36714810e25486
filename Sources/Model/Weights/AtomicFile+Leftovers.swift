import Glibc

extension AtomicFile {
  /// Removes what killed processes have left of files in a directory that this process has locked;
  /// temporary files of others, which only write there, stay.
  ///
  /// - Parameter directory: The directory.
  /// - Throws: `WeightsError` of kind `.unwritable`.
  public static func removeLeftovers(in directory: String) throws {
    guard let stream = opendir(directory) else {
      throw failure(directory, expected: "a directory that can be read")
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw failure(directory, expected: "a directory that can be read") }
        return
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(Location.lockedDirectory.temporaryPrefix), name.hasSuffix(".tmp") else {
        continue
      }
      let path = directory + "/" + name
      guard unlink(path) == 0 || errno == ENOENT else {
        throw failure(path, expected: "a file that can be removed")
      }
    }
  }

  private static func failure(_ path: String, expected: String) -> WeightsError {
    WeightsError(.unwritable, file: path, found: InputFile.text(of: errno), expected: expected)
  }
}
