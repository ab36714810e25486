import Foundation
import Glibc
import Parallel

/// How much time the processors have spent on whom, up to now.
struct ProcessorTimes: Equatable {
  /// Seconds since some moment.
  var clock: Double
  /// Seconds of CPU of this process.
  var own: Double
  /// Seconds of CPU of all processes on the CPUs asked for; nil if the kernel does not tell.
  var busy: Double?
  /// Seconds for which the hypervisor let those CPUs wait; nil if the kernel does not tell.
  var stolen: Double?
  /// Seconds for which the CPU quota let threads wait; nil if there is none.
  var throttled: Double?

  /// Asks the system.
  ///
  /// - Parameters:
  ///   - cpus: The CPUs that count.
  ///   - quotaSource: The file with the CPU quota, beside which the kernel counts what it cost.
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

  /// What happened from an earlier moment to this one.
  ///
  /// - Parameter earlier: The times then.
  /// - Returns: Processors' worth of time.
  func interference(since earlier: ProcessorTimes) -> Interference {
    let seconds = clock - earlier.clock
    func difference(_ now: Double?, _ then: Double?) -> Double? {
      guard let now, let then else { return nil }
      return now - then
    }
    let own = own - earlier.own
    return Interference(
      ownCPUs: own / seconds,
      // The kernel counts ticks: what is left may be a little less than nothing.
      otherCPUs: difference(busy, earlier.busy).map { max(0, $0 - own) / seconds },
      stolenCPUs: difference(stolen, earlier.stolen).map { $0 / seconds },
      throttledSeconds: difference(throttled, earlier.throttled))
  }

  /// Adds up lines of /proc/stat: `cpuN user nice system idle iowait irq softirq steal …`, in ticks.
  ///
  /// - Parameters:
  ///   - text: The file.
  ///   - cpus: The CPUs that count.
  ///   - ticksPerSecond: Ticks of a second.
  /// - Returns: Seconds; nil if a CPU has no such line.
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

  /// The time in a cgroup's cpu.stat: `throttled_usec` in version 2, `throttled_time` in version 1.
  ///
  /// - Parameter text: The file.
  /// - Returns: Seconds; nil if it has neither.
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
