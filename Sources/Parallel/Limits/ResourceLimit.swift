import Glibc

/// A limit of the process, as `ulimit` sets it; those that are unlimited are none.
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

  /// What is limited.
  let kind: Kind
  /// The limit that counts.
  let soft: UInt64
  /// How far the process may raise it; nil for no limit.
  let hard: UInt64?

  /// Asks the system.
  ///
  /// - Parameter kind: What is limited.
  /// - Returns: The limit; nil where there is none.
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
