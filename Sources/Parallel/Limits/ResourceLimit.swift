import Glibc

/// A limit of the process, as set by `ulimit`.
struct ResourceLimit: Equatable {
  /// The limits that matter here.
  enum Kind: String {
    case threads = "RLIMIT_NPROC (ulimit -u)"
    case descriptors = "RLIMIT_NOFILE (ulimit -n)"
    case addressSpace = "RLIMIT_AS (ulimit -v)"
    case data = "RLIMIT_DATA (ulimit -d)"

    fileprivate var resource: __rlimit_resource {
      switch self {
      case .threads: __RLIMIT_NPROC
      case .descriptors: RLIMIT_NOFILE
      case .addressSpace: RLIMIT_AS
      case .data: RLIMIT_DATA
      }
    }
  }

  /// The limited resource.
  let kind: Kind
  /// The limit in effect.
  let soft: UInt64
  /// The highest value to which the process may raise the limit; nil for no limit.
  let hard: UInt64?

  /// Reads a limit of the process.
  ///
  /// - Parameter kind: The resource.
  /// - Returns: The limit; nil if the resource is unlimited.
  static func current(_ kind: Kind) -> ResourceLimit? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(kind.resource.rawValue), &limit) == 0,
      limit.rlim_cur != rlim_t.max
    else { return nil }
    return ResourceLimit(
      kind: kind, soft: UInt64(limit.rlim_cur),
      hard: limit.rlim_max == rlim_t.max ? nil : UInt64(limit.rlim_max))
  }
}
