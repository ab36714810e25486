import Files
import Glibc

/// A directory with event files.
enum EventDirectory {
  static let namePrefix = "events.out.tfevents."

  /// Checks whether files or the directory itself could be created; changes nothing.
  ///
  /// - Parameter directory: The directory, which need not exist.
  /// - Throws: ``FileError``.
  static func checkWritable(_ directory: String) throws(FileError) {
    // Without it the directory above the empty name would be the current one.
    guard !directory.isEmpty else { throw FileError(directory, .write, code: ENOENT) }
    let system = FileSystems.current
    try FileError.wrapping(directory, .write) { () throws(SystemError) in
      var folder = directory
      var found = try system.existing(folder)
      while found == nil {
        // A link to nothing is taken, though nothing is there.
        guard try system.existing(folder, followingLink: false) == nil else {
          throw SystemError(code: ENOENT)
        }
        folder = PathText.parent(of: folder)
        found = try system.existing(folder)
      }
      guard found?.kind == .folder else { throw SystemError(code: ENOTDIR) }
      try system.checkAccess(folder, W_OK | X_OK)
    }
  }

  /// The latest time in the name of an event file.
  ///
  /// - Parameter directory: A directory that exists.
  /// - Returns: Seconds since 1970; nil without event files.
  /// - Throws: ``FileError`` if the directory cannot be read.
  static func latestTime(in directory: String) throws(FileError) -> Int? {
    let names = try FileError.wrapping(directory, .read) { () throws(SystemError) in
      try FileSystems.current.names(in: directory)
    }
    var latest: Int?
    for name in names where name.hasPrefix(namePrefix) {
      let digits = name.dropFirst(namePrefix.count).prefix { $0 != "." }
      guard digits.count == timeDigits, let time = Int(digits) else { continue }
      latest = max(latest ?? time, time)
    }
    return latest
  }

  /// The time in a file's name, so that the order of names is that of times.
  ///
  /// - Parameters:
  ///   - wallTime: Seconds since 1970, of any value, because clocks may be wrong.
  ///   - latest: The latest time that an older file has in its name; the new one is later.
  /// - Returns: Ten digits.
  static func digits(of wallTime: Double, after latest: Int?) -> String {
    // A clock beyond the year 2255 leaves room for the names of later files.
    let clock = wallTime.isNaN ? 0 : Int(min(max(wallTime, 0), 8_999_999_999))
    let text = String(min(max(clock, latest.map { $0 + 1 } ?? 0), 9_999_999_999))
    return String(repeating: "0", count: max(0, timeDigits - text.count)) + text
  }

  /// A machine's name as a part of a file's name.
  ///
  /// - Parameter host: The name, in which the system allows every character.
  /// - Returns: The name without slashes and control characters.
  static func part(of host: String) -> String {
    let characters = host.unicodeScalars.map { scalar in
      scalar == "/" || scalar.properties.generalCategory == .control ? "_" : Character(scalar)
    }
    return String(characters)
  }

  private static let timeDigits = 10
}
