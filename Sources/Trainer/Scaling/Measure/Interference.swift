/// Other uses of the CPUs during a measurement.
package struct Interference: Codable, Sendable, Equatable {
  /// The average number of CPUs that this process used: CPU seconds per second.
  package var ownCPUs: Double
  /// The average number of CPUs that other processes used, among the CPUs that this process may
  /// use; nil if unknown.
  package var otherCPUs: Double?
  /// The average number of CPUs that the hypervisor gave to other guests; nil if unknown.
  package var stolenCPUs: Double?
  /// The time in seconds that the CPU quota made the process wait; nil if there is no quota.
  package var throttledSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case ownCPUs = "own_cpus"
    case otherCPUs = "other_cpus"
    case stolenCPUs = "stolen_cpus"
    case throttledSeconds = "throttled_seconds"
  }

  /// The average number of CPUs below which interference is ignored.
  static let tolerated = 0.05

  /// The average number of CPUs used by others: by other processes, or by other guests of the
  /// hypervisor.
  var takenCPUs: Double { max(otherCPUs ?? 0, stolenCPUs ?? 0) }
}
