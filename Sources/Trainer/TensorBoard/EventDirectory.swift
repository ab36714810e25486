import Glibc

/// A directory with event files.
enum EventDirectory {
  static let namePrefix = "events.out.tfevents."

  /// Finds out whether files could be made in a directory, or it itself; changes nothing.
  ///
  /// - Parameter directory: The directory, which need not be there.
  /// - Throws: ``TrainerError``.
  static func checkWritable(_ directory: String) throws {
    // Without it the directory above the empty name would be the current one.
    guard !directory.isEmpty else { throw unwritable(directory, ENOENT) }
    var folder = directory
    var status = stat()
    while stat(folder, &status) != 0 {
      // A link to nothing is taken, though nothing is there.
      guard errno == ENOENT, lstat(folder, &status) != 0 else { throw unwritable(directory, errno) }
      folder = parent(of: folder)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(directory, ENOTDIR) }
    guard access(folder, W_OK | X_OK) == 0 else { throw unwritable(directory, errno) }
  }

  /// Makes a directory and those above it, as far as they are not there.
  ///
  /// - Parameter directory: The directory.
  /// - Throws: ``TrainerError``.
  static func make(_ directory: String) throws {
    var status = stat()
    if stat(directory, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(directory, ENOTDIR) }
      return
    }
    guard errno == ENOENT, !directory.isEmpty else { throw unwritable(directory, errno) }
    try make(parent(of: directory))
    // Another process may have been quicker.
    guard mkdir(directory, 0o777) == 0 || errno == EEXIST else {
      throw unwritable(directory, errno)
    }
  }

  /// The latest time in the name of an event file.
  ///
  /// - Parameter directory: A directory that is there.
  /// - Returns: Seconds since 1970; nil without event files.
  /// - Throws: ``TrainerError`` where the directory cannot be read.
  static func latestTime(in directory: String) throws -> Int? {
    guard let stream = opendir(directory) else { throw unwritable(directory, errno) }
    defer { closedir(stream) }
    var latest: Int?
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(namePrefix) else { continue }
      let digits = name.dropFirst(namePrefix.count).prefix { $0 != "." }
      guard digits.count == timeDigits, let time = Int(digits) else { continue }
      latest = max(latest ?? time, time)
    }
    return latest
  }

  /// A time in a name: names in their order are files in the order of their times.
  ///
  /// - Parameter time: Seconds since 1970.
  /// - Returns: Ten digits.
  static func digits(of time: Int) -> String {
    let text = String(time)
    return String(repeating: "0", count: max(0, timeDigits - text.count)) + text
  }

  static func unwritable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput,
      "\(path): found \(String(cString: strerror(code))), expected a directory in which files can "
        + "be made")
  }

  private static let timeDigits = 10

  private static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }
}
