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
    return try nameBytes(in: stream)
  }

  /// The names in an open folder as bytes, without `.` and `..`.
  ///
  /// - Parameter descriptor: The folder, which stays open.
  /// - Returns: The names, in no particular order.
  /// - Throws: ``FolderError`` if the folder cannot be read.
  static func nameBytes(in descriptor: Int32) throws(FolderError) -> [[UInt8]] {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FolderError(code: errno) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw FolderError(code: code)
    }
    defer { closedir(stream) }
    // Both descriptors have one position.
    rewinddir(stream)
    return try nameBytes(in: stream)
  }

  private static func nameBytes(in stream: OpaquePointer) throws(FolderError) -> [[UInt8]] {
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

  /// Synchronizes a folder to disk, so that a crash of the machine cannot undo a change of names in it.
  ///
  /// - Parameter descriptor: The folder, or a file.
  /// - Returns: The error number; nil if it is done, or if the file system cannot synchronise folders.
  static func synchroniseFolder(_ descriptor: Int32) -> Int32? {
    retrying({ fsync(descriptor) }) == 0 || errno == EINVAL ? nil : errno
  }

  /// The folder that contains the last name of a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The part before the last name; `.` if there is none.
  package static func parent(of path: String) -> String {
    let folder = PathText.folder(of: PathText.trimmed(path))
    if folder.isEmpty { return "." }
    return folder == "/" ? folder : String(Substring(folder.utf8.dropLast()))
  }
}
