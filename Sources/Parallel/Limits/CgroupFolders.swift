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
