import CParallel
import Glibc

/// How many CPUs this process may use, and what says so.
///
/// The least of the affinity mask and the CPU quotas of the process's cgroups, version 1 and 2, a
/// quota rounded up to whole CPUs.
public struct UsableCPUs: Sendable, Equatable {
  /// The CPUs to use, at least 1.
  public let count: Int
  /// The CPUs in the affinity mask; those online where the mask cannot be read.
  public let affinityCount: Int
  /// The smallest quota of the process's cgroups and their ancestors, in CPUs; nil without one.
  public let quota: Double?
  /// The file that holds `quota`; nil without a quota.
  public let quotaSource: String?
  /// The machine's CPUs that are online.
  public let onlineCount: Int
  /// What could not be read or understood and was therefore left out of account, one line each.
  public let ignored: [String]

  /// Combines the limits.
  ///
  /// - Parameters:
  ///   - affinityCount: The CPUs in the affinity mask, or nil where it cannot be read.
  ///   - onlineCount: The CPUs that are online.
  ///   - quota: What the cgroups allow.
  ///   - ignored: What was left out of account besides.
  init(affinityCount: Int?, onlineCount: Int, quota: CgroupCPUQuota, ignored: [String] = []) {
    self.onlineCount = max(1, onlineCount)
    self.affinityCount = max(1, affinityCount ?? self.onlineCount)
    self.quota = quota.cpus
    quotaSource = quota.source
    self.ignored = ignored + quota.ignored
    count = min(self.affinityCount, quota.cpus.map(Self.wholeCPUs) ?? .max)
  }

  /// Asks the system.
  ///
  /// - Parameter root: The folder that stands for `/` when /proc and the cgroup files are read.
  /// - Returns: The CPUs that the calling thread, and so the process, may use now.
  public static func current(root: String = "/") -> UsableCPUs {
    let quota = CgroupCPUQuota.read(root: root)
    let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    switch affinityCount(reading: threadAffinity) {
    case .success(let count):
      return UsableCPUs(affinityCount: count, onlineCount: online, quota: quota)
    case .failure(let error):
      return UsableCPUs(
        affinityCount: nil, onlineCount: online, quota: quota,
        ignored: ["affinity mask: \(String(cString: strerror(error.code)))"])
    }
  }

  /// One sentence that says where `count` comes from, with what was ignored.
  public var reason: String {
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

extension UsableCPUs {
  /// A number that the C library gave for a failure.
  struct SystemError: Error, Equatable {
    let code: Int32
  }

  /// Counts the CPUs of an affinity mask, however long the kernel's mask is.
  ///
  /// - Parameter read: Fills the buffer with the mask and gives 0, or an error number; EINVAL means
  ///   that the kernel's mask is longer than the buffer.
  /// - Returns: The number of bits set, or the error.
  static func affinityCount(
    reading read: (UnsafeMutableRawBufferPointer) -> Int32
  ) -> Result<Int, SystemError> {
    affinityMask(reading: read).map { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
  }

  /// The CPUs that the calling thread may run on, a bit each; empty where the system does not tell.
  static func affinityMask() -> [UInt8] {
    switch affinityMask(reading: threadAffinity) {
    case .success(let mask): mask
    case .failure: []
    }
  }

  private static func affinityMask(
    reading read: (UnsafeMutableRawBufferPointer) -> Int32
  ) -> Result<[UInt8], SystemError> {
    // 128 bytes are the C library's own set, of 1024 CPUs; a mebibyte is for eight million.
    var byteCount = 128
    while true {
      let mask = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
      defer { mask.deallocate() }
      mask.initializeMemory(as: UInt8.self, repeating: 0)
      let error = read(mask)
      if error == 0 { return .success(Array(mask)) }
      guard error == EINVAL, byteCount < 1 << 20 else { return .failure(SystemError(code: error)) }
      byteCount *= 2
    }
  }

  private static func threadAffinity(into mask: UnsafeMutableRawBufferPointer) -> Int32 {
    parallel_affinity_mask(mask.baseAddress, mask.count)
  }
}
