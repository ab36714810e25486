import Glibc

/// The number of CPUs that this process may use, and what determines it.
///
/// It is the minimum of the affinity mask and the CPU quotas of the process's cgroups, versions 1
/// and 2. A quota is rounded up to whole CPUs.
package struct UsableCPUs: Sendable, Equatable {
  /// The number of CPUs to use, at least 1.
  package let count: Int
  /// The CPUs in the affinity mask, ascending.
  ///
  /// If it cannot be read, as many numbers from 0 as CPUs are online.
  package let cpus: [Int]
  /// The smallest quota of the process's cgroups and their ancestors, in CPUs; nil if none is set.
  package let quota: Double?
  /// The file that contains `quota`; nil without a quota.
  package let quotaSource: String?
  /// The number of online CPUs of the machine.
  package let onlineCount: Int
  /// What could not be read or parsed and was therefore ignored, one line per problem.
  package let ignored: [String]

  /// Combines the limits on the number of CPUs.
  ///
  /// - Parameters:
  ///   - affinity: The CPUs in the affinity mask; nil if it cannot be read.
  ///   - onlineCount: The number of online CPUs.
  ///   - quota: The quota of the cgroups.
  ///   - ignored: What else was ignored.
  init(affinity: [Int]?, onlineCount: Int, quota: CgroupCPUQuota, ignored: [String] = []) {
    self.onlineCount = max(1, onlineCount)
    cpus = affinity ?? Array(0..<self.onlineCount)
    self.quota = quota.cpus
    quotaSource = quota.source
    self.ignored = ignored + quota.ignored
    count = min(max(1, cpus.count), quota.cpus.map(Self.wholeCPUs) ?? .max)
  }

  /// Reads the limits of this process.
  ///
  /// - Parameter root: The folder to use as `/` when /proc and cgroup files are read.
  /// - Returns: The CPUs that the calling thread may use now.
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

  /// The number of CPUs in the affinity mask; of online CPUs if the mask cannot be read.
  package var affinityCount: Int { max(1, cpus.count) }

  /// One sentence that explains `count` and lists what was ignored.
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
