/// The smallest limit of a process's cgroups on a resource: bytes of memory, or threads.
struct CgroupLimit: Equatable {
  /// The limit, in bytes or threads.
  let value: UInt64
  /// The file that contains the limit.
  let source: String
  /// The current use by all processes that share the limit; nil if unknown.
  let used: UInt64?

  /// The limit on the memory of all processes of a cgroup, in bytes.
  ///
  /// - Parameter root: The folder to use as `/`; `source` leaves it out.
  /// - Returns: The smallest limit; nil if none is set.
  static func memory(root: String = "") -> CgroupLimit? {
    smallest(
      controller: "memory", version2: ("memory.max", "memory.current"),
      version1: ("memory.limit_in_bytes", "memory.usage_in_bytes"), root: root)
  }

  /// The limit on the threads of all processes of a cgroup.
  ///
  /// - Parameter root: The folder to use as `/`; `source` leaves it out.
  /// - Returns: The smallest limit; nil if none is set.
  static func threads(root: String = "") -> CgroupLimit? {
    smallest(
      controller: "pids", version2: ("pids.max", "pids.current"),
      version1: ("pids.max", "pids.current"), root: root)
  }

  private static func smallest(
    controller: String, version2: (limit: String, use: String),
    version1: (limit: String, use: String), root: String
  ) -> CgroupLimit? {
    func number(_ file: String) -> UInt64? {
      SystemFile.textIfReadable(file, root: root).flatMap { UInt64($0) }
    }
    let folders = CgroupFolders.read(controller: controller, root: root)
    let places =
      folders.version2.map { ($0, version2) } + folders.version1.map { ($0, version1) }
    let limits = places.compactMap { folder, names -> CgroupLimit? in
      // `max` means no limit, and so does a huge number in version 1.
      guard let value = number("\(folder)/\(names.limit)"), value < 1 << 60 else { return nil }
      return CgroupLimit(
        value: value, source: "\(folder)/\(names.limit)", used: number("\(folder)/\(names.use)"))
    }
    return limits.min { $0.value < $1.value }
  }
}
