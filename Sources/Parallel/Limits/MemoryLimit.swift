import CParallel

/// A limit on this process's memory, besides the size of the machine.
package struct MemoryLimit: Sendable, Equatable {
  /// The limit, in bytes.
  package let bytes: UInt64
  /// The origin of the limit: `RLIMIT_AS (ulimit -v)`, or a cgroup's file.
  package let source: String

  /// Reads the limits of the process.
  ///
  /// - Parameter root: The folder to use as `/` when cgroup files are read.
  /// - Returns: The smallest limit; nil if there is none.
  package static func smallest(root: String = "") -> MemoryLimit? {
    all(root: root).min { $0.bytes < $1.bytes }
  }

  /// All limits that are set.
  ///
  /// - Parameter root: The folder to use as `/` when cgroup files are read.
  /// - Returns: The limits.
  static func all(root: String = "") -> [MemoryLimit] {
    var limits = ofProcess
    if let cgroup = CgroupLimit.memory(root: root) {
      limits.append(MemoryLimit(bytes: cgroup.value, source: cgroup.source))
    }
    return limits
  }

  /// Prepares the process for a limit of its address space, if there is one; before it has threads.
  ///
  /// Then the memory that is refused or granted depends on what is in use, and not on how many
  /// threads have allocated something.
  package static func prepareHeap() {
    if !ofProcess.isEmpty { parallel_share_heap() }
  }

  /// The limits that `ulimit` sets.
  private static var ofProcess: [MemoryLimit] {
    [ResourceLimit.Kind.addressSpace, .data].compactMap { kind in
      ResourceLimit.current(kind).map { MemoryLimit(bytes: $0.soft, source: kind.rawValue) }
    }
  }

  /// The limits as text for an error message.
  package static var explanation: String { text(all()) }

  /// The limits that `ulimit` sets, as text for an error message; these are read without files.
  static var ofProcessExplanation: String { text(ofProcess) }

  private static func text(_ limits: [MemoryLimit]) -> String {
    limits.isEmpty
      ? "no limit is set: the machine has no more memory"
      : limits.map { "\($0.source) is \(byteText($0.bytes))" }.joined(separator: "; ")
  }
}

/// A number of bytes as text with a unit.
///
/// - Parameter count: The number of bytes.
/// - Returns: The number in bytes, MiB or GiB.
func byteText(_ count: UInt64) -> String {
  func tenths(_ unit: UInt64, _ name: String) -> String {
    let (whole, rest) = count.quotientAndRemainder(dividingBy: unit)
    return "\(whole).\(rest * 10 / unit) \(name)"
  }
  if count < 1 << 20 { return "\(count) bytes" }
  return count < 1 << 30 ? tenths(1 << 20, "MiB") : tenths(1 << 30, "GiB")
}
