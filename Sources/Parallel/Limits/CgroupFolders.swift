import Foundation

/// The folders of a process's cgroups and all their ancestors, as far as they are mounted.
///
/// A limit binds everything below it: the smallest of all folders counts.
struct CgroupFolders: Equatable {
  /// Those of version 2, the deepest first.
  var version2: [String] = []
  /// Those of version 1 with the controller, the deepest first.
  var version1: [String] = []
  /// What made no sense or could not be read, with what was found and expected.
  var ignored: [String] = []

  /// Finds the folders of the calling process.
  ///
  /// - Parameters:
  ///   - controller: The controller whose limits are sought: `cpu`, `memory`, `pids`.
  ///   - root: The folder that stands for `/`; the paths leave it out.
  /// - Returns: The folders; none where there are no cgroups.
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

  /// The file's text; nil where there is none, or where it cannot be read, which is noted.
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
  /// The cgroup that the mount point shows; `/` unless a container sees a part only.
  let cgroup: String
  /// Where it is mounted.
  let point: String
  /// Whether it is the version 2 hierarchy, or version 1 with the controller.
  let isUnified: Bool

  /// Reads a line; nil for any other kind of mount.
  ///
  /// - Parameters:
  ///   - line: `ID PARENT DEVICE ROOT POINT OPTIONS [TAG…] - TYPE SOURCE SUPEROPTIONS`.
  ///   - controller: The controller that a version 1 hierarchy has to have.
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

  /// Whether a cgroup lies in the part of the hierarchy that is mounted here.
  ///
  /// - Parameter path: The path from /proc/self/cgroup.
  /// - Returns: True where the mounted part's path leads to it.
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
    // A path told from outside what is mounted here: only the mount point is ours for sure.
    parts = shows(path) ? Array(parts.dropFirst(top.count)) : []
    // `..` leads out of the cgroup namespace, where nothing is mounted.
    if parts.contains("..") { parts = [] }
    return (0...parts.count).reversed().map { depth in
      ([point == "/" ? "" : point] + parts.prefix(depth).map(String.init)).joined(separator: "/")
    }
  }

  /// Undoes the kernel's octal escapes of space, tab, newline and backslash.
  private static func unescaped(_ text: String) -> String {
    text.replacing(/\\([0-7]{3})/) { match in
      UInt8(match.output.1, radix: 8).map { String(UnicodeScalar($0)) } ?? String(match.output.0)
    }
  }
}
