import Glibc

/// How many CPUs this process may use, and what says so.
///
/// The least of the affinity mask and the CPU quotas of the process's cgroups, version 1 and 2, a
/// quota rounded up to whole CPUs.
package struct UsableCPUs: Sendable, Equatable {
  /// The CPUs to use, at least 1.
  package let count: Int
  /// The numbers of the CPUs in the affinity mask, ascending; where it cannot be read, as many from 0
  /// on as are online.
  package let cpus: [Int]
  /// The smallest quota of the process's cgroups and their ancestors, in CPUs; nil without one.
  package let quota: Double?
  /// The file that holds `quota`; nil without a quota.
  package let quotaSource: String?
  /// The machine's CPUs that are online.
  package let onlineCount: Int
  /// What could not be read or understood and was therefore left out of account, one line each.
  package let ignored: [String]

  /// Combines the limits.
  ///
  /// - Parameters:
  ///   - affinity: The CPUs in the affinity mask, or nil where it cannot be read.
  ///   - onlineCount: The CPUs that are online.
  ///   - quota: What the cgroups allow.
  ///   - ignored: What was left out of account besides.
  init(affinity: [Int]?, onlineCount: Int, quota: CgroupCPUQuota, ignored: [String] = []) {
    self.onlineCount = max(1, onlineCount)
    cpus = affinity ?? Array(0..<self.onlineCount)
    self.quota = quota.cpus
    quotaSource = quota.source
    self.ignored = ignored + quota.ignored
    count = min(max(1, cpus.count), quota.cpus.map(Self.wholeCPUs) ?? .max)
  }

  /// Asks the system.
  ///
  /// - Parameter root: The folder that stands for `/` when /proc and the cgroup files are read.
  /// - Returns: The CPUs that the calling thread, and so the process, may use now.
  package static func current(root: String = "/") -> UsableCPUs {
    let quota = CgroupCPUQuota.read(root: root)
    let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    do {
      let affinity = try AffinityMask.current().cpus
      return UsableCPUs(affinity: affinity, onlineCount: online, quota: quota)
    } catch {
      return UsableCPUs(
        affinity: nil, onlineCount: online, quota: quota, ignored: ["affinity mask: \(error)"])
    }
  }

  /// The CPUs in the affinity mask; those online where the mask cannot be read.
  package var affinityCount: Int { max(1, cpus.count) }

  /// One sentence that says where `count` comes from, with what was ignored.
  package var reason: String {
    var text: String
    if let quota, let quotaSource, Self.wholeCPUs(quota) == count {
      text = "CPU quota of \(quota) in \(quotaSource)"
      if Double(count) != quota { text += ", rounded up" }
      text += "; the affinity mask allows \(affinityCount) of \(onlineCount) online CPUs"
    } else if affinityCount < onlineCount {
      text = "affinity mask allows \(affinityCount) of \(onlineCount) online CPUs"
    } else {
      text = "all online CPUs"
    }
    for line in ignored { text += "; ignored \(line)" }
    return text
  }

  private static func wholeCPUs(_ quota: Double) -> Int {
    quota >= 0x1p31 ? Int(Int32.max) : max(1, Int(quota.rounded(.up)))
  }
}
