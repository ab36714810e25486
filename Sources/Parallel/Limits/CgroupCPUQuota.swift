import Foundation

/// The CPU quota that a process's cgroups set, for cgroup versions 1 and 2.
///
/// A limit applies to all descendants of a cgroup. So the smallest quota of the process's cgroup
/// and its ancestors counts, as far as the mounted hierarchy shows them.
struct CgroupCPUQuota: Equatable {
  /// The smallest quota, in CPUs; nil if none is set.
  var cpus: Double?
  /// The file that contains the quota.
  var source: String?
  /// Files whose content could not be parsed, with what was found and expected.
  var ignored: [String] = []

  /// Reads the quota of the calling process.
  ///
  /// - Parameter root: The folder to use as `/`; messages and `source` leave it out.
  /// - Returns: The quota. A missing file sets none.
  static func read(root: String) -> CgroupCPUQuota {
    var reader = Reader(root: root)
    reader.readHierarchies()
    return reader.quota
  }

  private struct Reader {
    let root: String
    var quota = CgroupCPUQuota()

    mutating func readHierarchies() {
      let folders = CgroupFolders.read(controller: "cpu", root: root)
      quota.ignored += folders.ignored
      for folder in folders.version2 { readVersion2(folder) }
      for folder in folders.version1 { readVersion1(folder) }
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

    /// The text of a file; nil if there is none, or if it cannot be read, which is recorded.
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
