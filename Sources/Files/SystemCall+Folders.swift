import Glibc

extension SystemCall {
  /// Makes a folder and those above it, as far as they are not there.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The error number of the call that failed; nil where the folder is there.
  package static func makeFolder(_ path: String) -> Int32? {
    var status = stat()
    if stat(path, &status) == 0 {
      return status.st_mode & S_IFMT == S_IFDIR ? nil : ENOTDIR
    }
    guard errno == ENOENT, !path.isEmpty else { return errno }
    // A link to nothing is taken, though nothing is there.
    if lstat(path, &status) == 0 { return ENOENT }
    if let code = makeFolder(parent(of: path)) { return code }
    // Another process may have been quicker.
    return retrying({ mkdir(path, 0o777) }) == 0 || errno == EEXIST ? nil : errno
  }

  /// The names in a folder, without `.` and `..`; one that is not UTF-8 is left out.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The names, in no order.
  /// - Throws: ``FolderError`` where they cannot be read.
  package static func names(in path: String) throws(FolderError) -> [String] {
    guard let stream = opendir(path) else { throw FolderError(code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(validating: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let name, name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FolderError(code: errno) }
    return names
  }

  /// Why a folder cannot be read.
  package struct FolderError: Error, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32
    /// The system's words.
    package var description: String { SystemCall.text(of: code) }
  }

  /// The folder that a path's last name is in.
  ///
  /// - Parameter path: The path.
  /// - Returns: What stands before the last name; `.` where there is nothing.
  package static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }
}
