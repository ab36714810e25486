import Glibc

extension SystemCall {
  /// Creates a folder, and its parents if they do not exist.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The error number of the call that failed; nil if the folder exists now.
  package static func makeFolder(_ path: String) -> Int32? {
    var status = stat()
    if stat(path, &status) == 0 {
      return status.st_mode & S_IFMT == S_IFDIR ? nil : ENOTDIR
    }
    guard errno == ENOENT, !path.isEmpty else { return errno }
    // A dangling link occupies the name.
    if lstat(path, &status) == 0 { return ENOENT }
    if let code = makeFolder(parent(of: path)) { return code }
    // Another process may have created it in the meantime.
    return retrying({ mkdir(path, 0o777) }) == 0 || errno == EEXIST ? nil : errno
  }

  /// The names in a folder, without `.` and `..`.
  ///
  /// Names that are not UTF-8 are left out.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The names, in no particular order.
  /// - Throws: ``FolderError`` if the folder cannot be read.
  package static func names(in path: String) throws(FolderError) -> [String] {
    try nameBytes(in: path).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// The names in a folder as bytes, which need not be UTF-8, without `.` and `..`.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The names, in no particular order.
  /// - Throws: ``FolderError`` if the folder cannot be read.
  package static func nameBytes(in path: String) throws(FolderError) -> [[UInt8]] {
    guard let stream = opendir(path) else { throw FolderError(code: errno) }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { [UInt8]($0.prefix { $0 != 0 }) }
      if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(name) }
    }
    guard errno == 0 else { throw FolderError(code: errno) }
    return names
  }

  /// Why a folder cannot be read.
  package struct FolderError: Error, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32
    /// The system's message.
    package var description: String { SystemCall.text(of: code) }
  }

  /// The folder that contains the last name of a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The part before the last name; `.` if there is none.
  package static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }
}
