/// One mounted cgroup hierarchy that can hold a controller's limits: a line of
/// /proc/self/mountinfo.
struct CgroupMount: Equatable {
  /// The cgroup at the mount point; `/` unless a container sees only a part.
  let cgroup: String
  /// Where it is mounted.
  let point: String
  /// Whether it is the hierarchy of version 2.
  ///
  /// False for version 1 with the controller.
  let isUnified: Bool

  /// Parses a line; nil for any other kind of mount.
  ///
  /// - Parameters:
  ///   - line: `ID PARENT DEVICE ROOT POINT OPTIONS [TAG…] - TYPE SOURCE SUPEROPTIONS`.
  ///   - controller: The controller that a hierarchy of version 1 must have.
  init?(line: some StringProtocol, controller: String) {
    let words = String(line).split(separator: " ").map(String.init)
    guard let dash = words.dropFirst(6).firstIndex(of: "-"), words.count > dash + 1 else {
      return nil
    }
    switch words[dash + 1] {
    case "cgroup2": isUnified = true
    case "cgroup":
      guard words.count > dash + 3,
        words[dash + 3].split(separator: ",").map(String.init).contains(controller)
      else {
        return nil
      }
      isUnified = false
    default: return nil
    }
    cgroup = Self.unescaped(words[3])
    point = Self.unescaped(words[4])
  }

  /// Whether a cgroup is in the part of the hierarchy that is mounted here.
  ///
  /// - Parameter path: The path from /proc/self/cgroup.
  /// - Returns: Whether the mounted part contains it.
  func shows(_ path: String) -> Bool {
    path.split(separator: "/").starts(with: cgroup.split(separator: "/"))
  }

  /// The folders of a cgroup and its ancestors, as far as this mount shows them.
  ///
  /// - Parameter path: The path from /proc/self/cgroup.
  /// - Returns: Folders, the deepest first, the mount point last.
  func folders(upFrom path: String) -> [String] {
    var parts = path.split(separator: "/")
    let top = cgroup.split(separator: "/")
    // The path may be relative to a part that is not mounted here. Then only the mount point is
    // certain.
    parts = shows(path) ? Array(parts.dropFirst(top.count)) : []
    // `..` leads out of the cgroup namespace, where nothing is mounted.
    if parts.contains("..") { parts = [] }
    return (0...parts.count).reversed().map { depth in
      ([point == "/" ? "" : point] + parts.prefix(depth).map(String.init)).joined(separator: "/")
    }
  }

  /// Replaces Linux's octal escapes of space, tab, newline and backslash.
  private static func unescaped(_ text: String) -> String {
    text.replacing(/\\([0-7]{3})/) { match in
      UInt8(match.output.1, radix: 8).map { String(UnicodeScalar($0)) } ?? String(match.output.0)
    }
  }
}
