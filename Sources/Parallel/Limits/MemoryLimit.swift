/// What limits this process's memory, beside the machine's size.
package struct MemoryLimit: Sendable, Equatable {
  /// The limit, in bytes.
  package let bytes: UInt64
  /// What sets it: `RLIMIT_AS (ulimit -v)`, or a cgroup's file.
  package let source: String

  /// Asks the system.
  ///
  /// - Parameter root: The folder that stands for `/` when cgroup files are read.
  /// - Returns: The smallest limit; nil where there is none.
  package static func smallest(root: String = "") -> MemoryLimit? {
    all(root: root).min { $0.bytes < $1.bytes }
  }

  /// All limits that are set.
  ///
  /// - Parameter root: The folder that stands for `/` when cgroup files are read.
  /// - Returns: The limits.
  static func all(root: String = "") -> [MemoryLimit] {
    var limits = [ResourceLimit.Kind.addressSpace, .data].compactMap { kind in
      ResourceLimit.current(kind).map { MemoryLimit(bytes: $0.soft, source: kind.rawValue) }
    }
    if let cgroup = CgroupLimit.memory(root: root) {
      limits.append(MemoryLimit(bytes: cgroup.value, source: cgroup.source))
    }
    return limits
  }

  /// The limits in words, for an error.
  static var explanation: String {
    let limits = all().map { "\($0.source) is \(byteText($0.bytes))" }
    return limits.isEmpty
      ? "no limit is set: the machine has no more" : limits.joined(separator: "; ")
  }
}

/// Bytes for a person.
///
/// - Parameter count: The bytes.
/// - Returns: In bytes, MiB or GiB.
func byteText(_ count: UInt64) -> String {
  func tenths(_ unit: UInt64, _ name: String) -> String {
    let (whole, rest) = count.quotientAndRemainder(dividingBy: unit)
    return "\(whole).\(rest * 10 / unit) \(name)"
  }
  if count < 1 << 20 { return "\(count) bytes" }
  return count < 1 << 30 ? tenths(1 << 20, "MiB") : tenths(1 << 30, "GiB")
}
