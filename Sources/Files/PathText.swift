/// The parts of a path, whose names a slash separates whatever follows it.
///
/// With a combining mark after it, a slash is not a `Character` of its own. So these functions
/// compare bytes, as the system does.
package enum PathText {
  private static let slash = UInt8(ascii: "/")

  /// Whether a path starts at the root.
  ///
  /// - Parameter path: The path.
  /// - Returns: Whether its first byte is a slash.
  package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

  /// Whether a path can only be that of a folder.
  ///
  /// - Parameter path: The path.
  /// - Returns: Whether its last byte is a slash.
  package static func endsInSlash(_ path: String) -> Bool { path.utf8.last == slash }

  /// Whether a text has a slash, so that it is not a single name.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether one of its bytes is a slash.
  package static func hasSlash(_ text: String) -> Bool { text.utf8.contains(slash) }

  /// The names in a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The names between its slashes, none of them empty.
  package static func names(in path: String) -> [String] {
    path.utf8.split(separator: slash).map { String(Substring($0)) }
  }

  /// The part of a path before its last name.
  ///
  /// - Parameter path: The path.
  /// - Returns: All up to its last slash, with it; an empty text if there is none.
  package static func folder(of path: String) -> String {
    guard let end = path.utf8.lastIndex(of: slash) else { return "" }
    return String(Substring(path.utf8[...end]))
  }

  /// The folder that contains the last name of a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The part before the last name; `.` if there is none.
  package static func parent(of path: String) -> String {
    let folder = folder(of: trimmed(path))
    if folder.isEmpty { return "." }
    return folder == "/" ? folder : String(Substring(folder.utf8.dropLast()))
  }

  /// The path of a name in a folder.
  ///
  /// - Parameters:
  ///   - folder: The folder's path, with or without a slash at the end.
  ///   - name: The name.
  /// - Returns: Both, with a slash between them.
  package static func joined(_ folder: String, _ name: String) -> String {
    endsInSlash(folder) ? folder + name : "\(folder)/\(name)"
  }

  /// A path without the slashes at its end.
  ///
  /// - Parameter path: The path.
  /// - Returns: The path; `/` for a path of slashes only.
  package static func trimmed(_ path: String) -> String {
    var rest = path.utf8[...]
    while rest.count > 1, rest.last == slash { rest.removeLast() }
    return String(Substring(rest))
  }
}
