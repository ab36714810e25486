import Glibc

/// Absolute paths and comparison of paths.
package enum PathNames {
  /// The largest number of symbolic links that a path may lead through, as in Linux.
  private static let maximumLinks = 40

  /// The absolute form of a path, for a record that another process reads from another directory.
  ///
  /// Symbolic links stay, since a user may change where they lead. Only a path with `..` is
  /// resolved, because `..` after a link does not lead back to the folder of the link.
  ///
  /// - Parameter path: The path; it need not exist.
  /// - Returns: The absolute path, without `.` and repeated slashes. A relative path is returned
  ///   unchanged if the working directory's name is not UTF-8.
  package static func absolute(_ path: String) -> String {
    guard !path.isEmpty, let whole = fromRoot(path) else { return path }
    return words(of: whole).contains("..") ? existingPartResolved(whole) : joined(words(of: whole))
  }

  /// The last name in the absolute form of a path.
  ///
  /// - Parameter path: The path, for example `.`.
  /// - Returns: The name; `/` for the root.
  package static func name(of path: String) -> String {
    PathText.names(in: absolute(path)).last ?? "/"
  }

  /// The file that a path leads to, or would lead to if it were created.
  ///
  /// Two paths of one file give the same result.
  ///
  /// - Parameter path: The path; it may be a link to a file that does not exist.
  /// - Returns: The absolute path, without links.
  package static func target(of path: String) -> String {
    var path = fromRoot(path) ?? path
    for _ in 0..<maximumLinks {
      guard realPath(path) == nil, let link = destination(of: path) else { break }
      path =
        PathText.isAbsolute(link) ? link : PathText.joined(PathText.parent(of: path), link)
    }
    // A name that does not exist is not a link: `..` after it leads back.
    return joined(
      words(of: existingPartResolved(path)).reduce(into: []) { names, name in
        if name == ".." { _ = names.popLast() } else { names.append(name) }
      })
  }

  /// Whether two paths lead, or would lead, to one file, also through hard links.
  ///
  /// - Parameters:
  ///   - one: A path.
  ///   - other: Another path.
  /// - Returns: Whether writing to one would change the other.
  package static func areSame(_ one: String, _ other: String) -> Bool {
    if target(of: one) == target(of: other) { return true }
    let system = FileSystems.current
    do throws(SystemError) {
      let (status, otherStatus) = (
        try system.status(one, followingLink: true), try system.status(other, followingLink: true)
      )
      return status.kind == .regular && status.identity == otherStatus.identity
    } catch {
      return false
    }
  }

  /// Whether a path leads, or would lead, to a folder or to something in it.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - folder: The path of the folder; it need not exist.
  /// - Returns: Whether the folder is the path's target or one of the folders that this is in.
  package static func isWithin(_ path: String, _ folder: String) -> Bool {
    let (inner, outer) = (target(of: path), target(of: folder))
    // As bytes: with a mark that follows, a slash is another Character.
    return inner == outer || inner.utf8.starts(with: PathText.joined(outer, "").utf8)
  }

  private static func fromRoot(_ path: String) -> String? {
    if PathText.isAbsolute(path) { return path }
    guard let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return String(validatingCString: folder).map { $0 + "/" + path }
  }

  /// Resolves the existing part of an absolute path.
  private static func existingPartResolved(_ path: String) -> String {
    let words = words(of: path)
    if let whole = realPath(joined(words)) { return whole }
    // Each folder on the way to one that exists exists too, so halves are searched.
    var (existing, missing) = (0, words.count)
    while missing - existing > 1 {
      let middle = (existing + missing) / 2
      if realPath(joined(words[..<middle])) == nil { missing = middle } else { existing = middle }
    }
    guard let folder = realPath(joined(words[..<existing])) else { return path }
    return joined(Self.words(of: folder) + words[existing...])
  }

  private static func realPath(_ path: String) -> String? {
    do throws(SystemError) {
      return try FileSystems.current.realPath(path)
    } catch {
      return nil
    }
  }

  private static func destination(of link: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(validating: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func words(of path: String) -> [String] {
    PathText.names(in: path).filter { $0 != "." }
  }

  private static func joined(_ words: some Sequence<String>) -> String {
    "/" + words.joined(separator: "/")
  }
}
