import Glibc
import Parallel

/// The memory that data may take.
package enum DataMemory {
  /// The memory that tests set in place of the machine's, in bytes; nil for the machine's.
  @TaskLocal package static var testedLimit: UInt64?

  /// The memory that there is, in bytes: that of the machine, or of a smaller limit that is set.
  package static var limit: UInt64 {
    let machine = UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * UInt64(getpagesize())
    return testedLimit ?? min(MemoryLimit.smallest()?.bytes ?? .max, machine)
  }
}
