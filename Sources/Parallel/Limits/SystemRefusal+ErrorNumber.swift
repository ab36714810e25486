import Glibc

extension SystemRefusal {
  /// The limits behind an error number of a system call.
  ///
  /// - Parameter code: The value of `errno`.
  /// - Returns: The limits on memory or on file descriptors; nil if the call failed for another
  ///   reason.
  package static func limits(behind code: Int32) -> String? {
    switch code {
    case ENOMEM: MemoryLimit.explanation
    case EMFILE: descriptorLimit
    case ENFILE: machinesFileLimit
    default: nil
    }
  }

  /// The limit on this process's file descriptors.
  static var descriptorLimit: String {
    guard let limit = ResourceLimit.current(.descriptors) else {
      return "no limit is set: the machine has no more"
    }
    let hard = limit.hard.map { "\($0)" } ?? "unlimited"
    return "\(limit.kind.rawValue) is \(limit.soft), at most \(hard)"
  }

  /// The limit on the open files of all processes together.
  private static var machinesFileLimit: String {
    SystemFile.textIfReadable("/proc/sys/fs/file-max", root: "").map { "fs.file-max is \($0)" }
      ?? "the machine has no more"
  }
}
