import Foundation
import Glibc
import Parallel

/// The CPU time used so far, by whom.
struct ProcessorTimes: Equatable {
  /// The time in seconds since an arbitrary moment.
  var clock: Double
  /// The CPU time of this process, in seconds.
  var own: Double
  /// The CPU time of all processes on the given CPUs, in seconds; nil if unknown.
  var busy: Double?
  /// The time that the hypervisor made those CPUs wait, in seconds; nil if unknown.
  var stolen: Double?
  /// The time that the CPU quota made threads wait, in seconds; nil if there is no quota.
  var throttled: Double?

  /// Reads the times from the system.
  ///
  /// - Parameters:
  ///   - cpus: The CPUs to consider.
  ///   - quotaSource: The file with the CPU quota; its folder has the time of throttling.
  /// - Returns: The times.
  static func current(cpus: [Int], quotaSource: String?) -> ProcessorTimes {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ value: timeval) -> Double {
      Double(value.tv_sec) + Double(value.tv_usec) * 1e-6
    }
    let total = SystemFile.textIfReadable("/proc/stat").flatMap {
      sum($0, cpus: cpus, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
    }
    return ProcessorTimes(
      clock: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9,
      own: seconds(usage.ru_utime) + seconds(usage.ru_stime), busy: total?.busy,
      stolen: total?.stolen,
      throttled: quotaSource.flatMap { source in
        let folder = URL(fileURLWithPath: source).deletingLastPathComponent().path
        return SystemFile.textIfReadable(folder + "/cpu.stat").flatMap(throttledSeconds)
      })
  }

  /// The interference between an earlier moment and this one.
  ///
  /// - Parameter earlier: The times at the earlier moment.
  /// - Returns: The interference, as average numbers of CPUs.
  func interference(since earlier: ProcessorTimes) -> Interference {
    let seconds = clock - earlier.clock
    func difference(_ now: Double?, _ then: Double?) -> Double? {
      guard let now, let then else { return nil }
      return now - then
    }
    let own = own - earlier.own
    return Interference(
      ownCPUs: own / seconds,
      // Times in /proc/stat are rounded to ticks, so the difference may be slightly negative.
      otherCPUs: difference(busy, earlier.busy).map { max(0, $0 - own) / seconds },
      stolenCPUs: difference(stolen, earlier.stolen).map { $0 / seconds },
      throttledSeconds: difference(throttled, earlier.throttled))
  }

  /// Sums lines of /proc/stat: `cpuN user nice system idle iowait irq softirq steal …`, in ticks.
  ///
  /// - Parameters:
  ///   - text: The content of the file.
  ///   - cpus: The CPUs to consider.
  ///   - ticksPerSecond: The number of ticks per second.
  /// - Returns: Times in seconds; nil if a CPU has no such line.
  static func sum(
    _ text: String, cpus: [Int], ticksPerSecond: Double
  ) -> (busy: Double, stolen: Double)? {
    var ticks: [Substring: [UInt64]] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { UInt64($0) }
      guard numbers.count >= 8, numbers.count == words.count - 1 else { continue }
      ticks[words[0].dropFirst("cpu".count)] = numbers
    }
    var busy: UInt64 = 0
    var stolen: UInt64 = 0
    for cpu in cpus {
      guard let numbers = ticks["\(cpu)"] else { return nil }
      busy += numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6]
      stolen += numbers[7]
    }
    return (Double(busy) / ticksPerSecond, Double(stolen) / ticksPerSecond)
  }

  /// The time of throttling in a cgroup's cpu.stat: `throttled_usec` in version 2, `throttled_time`
  /// in version 1.
  ///
  /// - Parameter text: The content of the file.
  /// - Returns: The time in seconds; nil if the file has neither.
  static func throttledSeconds(_ text: String) -> Double? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let number = Double(words[1]) else { continue }
      if words[0] == "throttled_usec" { return number * 1e-6 }
      if words[0] == "throttled_time" { return number * 1e-9 }
    }
    return nil
  }
}
