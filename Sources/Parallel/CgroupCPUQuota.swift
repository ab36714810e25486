import Foundation

/// The CPU quota that a process's cgroups set, version 1 and 2 together.
///
/// A limit binds everything below it, so the smallest of the process's own cgroup and all its
/// ancestors counts, as far up as the mounted hierarchy shows them.
struct CgroupCPUQuota: Equatable {
  /// The smallest quota, in CPUs; nil where none is set.
  var cpus: Double?
  /// The file that holds it.
  var source: String?
  /// The files whose content made no sense, with what was found and expected.
  var ignored: [String] = []

  /// Reads the quota of the calling process.
  ///
  /// - Parameter root: The folder that stands for `/`; messages and `source` leave it out.
  /// - Returns: The quota; a file that is absent sets none.
  static func read(root: String) -> CgroupCPUQuota {
    var reader = Reader(root: root)
    reader.readHierarchies()
    return reader.quota
  }

  private struct Reader {
    let root: String
    var quota = CgroupCPUQuota()

    mutating func readHierarchies() {
      guard let membership = text(of: "/proc/self/cgroup"),
        let mountLines = text(of: "/proc/self/mountinfo")
      else { return }
      let mounts = mountLines.split(separator: "\n").compactMap(CgroupMount.init)
      for line in membership.split(separator: "\n") {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, fields[2].hasPrefix("/") else {
          ignore("/proc/self/cgroup", found: line, expected: "ID:CONTROLLERS:/PATH")
          continue
        }
        let isUnified = fields[0] == "0" && fields[1].isEmpty
        guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
        let path = String(fields[2])
        let candidates = mounts.filter { $0.isUnified == isUnified }
        guard let mount = candidates.first(where: { $0.shows(path) }) ?? candidates.first else {
          continue
        }
        for folder in mount.folders(upFrom: path) {
          if isUnified { readVersion2(folder) } else { readVersion1(folder) }
        }
      }
    }

    private mutating func readVersion2(_ folder: String) {
      let file = folder + "/cpu.max"
      guard let content = text(of: file) else { return }
      let words = content.split(whereSeparator: \.isWhitespace)
      let period = words.count == 2 ? Int64(words[1]) : words.count == 1 ? 100_000 : nil
      if let period, period > 0, let limit = words.first {
        if limit == "max" { return }
        if let microseconds = Int64(limit), microseconds > 0 {
          return lower(to: Double(microseconds) / Double(period), file)
        }
      }
      ignore(file, found: content, expected: "`max` or a quota, then a period, in microseconds")
    }

    private mutating func readVersion1(_ folder: String) {
      let file = folder + "/cpu.cfs_quota_us"
      let periodFile = folder + "/cpu.cfs_period_us"
      guard let content = text(of: file) else { return }
      guard let microseconds = Int64(Self.trimmed(content)), microseconds != 0 else {
        return ignore(file, found: content, expected: "-1 or a quota in microseconds")
      }
      if microseconds < 0 { return }
      guard let periodContent = text(of: periodFile) else {
        return ignore(periodFile, found: "no such file", expected: "a period in microseconds")
      }
      guard let period = Int64(Self.trimmed(periodContent)), period > 0 else {
        return ignore(periodFile, found: periodContent, expected: "a period in microseconds")
      }
      lower(to: Double(microseconds) / Double(period), file)
    }

    private mutating func lower(to cpus: Double, _ file: String) {
      if let smallest = quota.cpus, smallest <= cpus { return }
      quota.cpus = cpus
      quota.source = file
    }

    private mutating func ignore(
      _ file: String, found: some StringProtocol, expected: String
    ) {
      quota.ignored.append(
        SystemFile.Problem(file, found: found, expected: expected).description)
    }

    /// The file's text; nil where there is none, or where it cannot be read, which is noted.
    private mutating func text(of file: String) -> String? {
      do {
        return try SystemFile.text(file, root: root)
      } catch {
        quota.ignored.append(error.description)
        return nil
      }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
      text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}

/// One mounted cgroup hierarchy that can hold CPU limits: a line of /proc/self/mountinfo.
struct CgroupMount: Equatable {
  /// The cgroup that the mount point shows; `/` unless a container sees a part only.
  let cgroup: String
  /// Where it is mounted.
  let point: String
  /// Whether it is the version 2 hierarchy, or version 1 with the cpu controller.
  let isUnified: Bool

  /// Reads a line; nil for any other kind of mount.
  ///
  /// - Parameter line: `ID PARENT DEVICE ROOT POINT OPTIONS [TAG…] - TYPE SOURCE SUPEROPTIONS`.
  init?(line: some StringProtocol) {
    let words = String(line).split(separator: " ").map(String.init)
    guard let dash = words.dropFirst(6).firstIndex(of: "-"), words.count > dash + 1 else {
      return nil
    }
    switch words[dash + 1] {
    case "cgroup2": isUnified = true
    case "cgroup":
      guard words.count > dash + 3, words[dash + 3].split(separator: ",").contains("cpu") else {
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
