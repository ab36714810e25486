import Foundation

/// The folders of a process's cgroups and their ancestors, as far as they are mounted.
///
/// A limit applies to all descendants of a cgroup: the smallest limit of all folders counts.
struct CgroupFolders: Equatable {
  /// The folders of version 2, the deepest first.
  var version2: [String] = []
  /// The folders of version 1 with the controller, the deepest first.
  var version1: [String] = []
  /// What could not be read or parsed, with what was found and expected.
  var ignored: [String] = []

  /// Finds the folders of the calling process.
  ///
  /// - Parameters:
  ///   - controller: The controller whose limits are wanted: `cpu`, `memory` or `pids`.
  ///   - root: The folder to use as `/`; the paths leave it out.
  /// - Returns: The folders; none if there are no cgroups.
  static func read(controller: String, root: String) -> CgroupFolders {
    var folders = CgroupFolders()
    guard let membership = folders.text(of: "/proc/self/cgroup", root: root),
      let mountLines = folders.text(of: "/proc/self/mountinfo", root: root)
    else { return folders }
    let mounts = mountLines.split(separator: "\n").compactMap {
      CgroupMount(line: $0, controller: controller)
    }
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].hasPrefix("/") else {
        folders.ignored.append(
          SystemFile.Problem(
            "/proc/self/cgroup", found: line, expected: "ID:CONTROLLERS:/PATH"
          ).description)
        continue
      }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      let controllers = fields[1].split(separator: ",").map(String.init)
      guard isUnified || controllers.contains(controller) else { continue }
      let path = String(fields[2])
      let candidates = mounts.filter { $0.isUnified == isUnified }
      guard let mount = candidates.first(where: { $0.shows(path) }) ?? candidates.first else {
        continue
      }
      if isUnified {
        folders.version2 += mount.folders(upFrom: path)
      } else {
        folders.version1 += mount.folders(upFrom: path)
      }
    }
    return folders
  }

  /// The text of a file; nil if there is none, or if it cannot be read, which is recorded.
  private mutating func text(of file: String, root: String) -> String? {
    do {
      return try SystemFile.text(file, root: root)
    } catch {
      ignored.append(error.description)
      return nil
    }
  }
}

/// One mounted cgroup hierarchy that can hold a controller's limits: a line of /proc/self/mountinfo.
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
