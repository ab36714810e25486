import Foundation

/// The smallest limit that a process's cgroups set on what is counted: bytes of memory, or threads.
struct CgroupLimit: Equatable {
  /// The limit.
  let value: UInt64
  /// The file that holds it.
  let source: String
  /// What is in use of it, by all processes that share the limit; nil where the system does not say.
  let used: UInt64?

  /// The memory of all processes of a cgroup, in bytes.
  ///
  /// - Parameter root: The folder that stands for `/`; `source` leaves it out.
  /// - Returns: The smallest limit; nil where none is set.
  static func memory(root: String = "") -> CgroupLimit? {
    smallest(
      controller: "memory", version2: ("memory.max", "memory.current"),
      version1: ("memory.limit_in_bytes", "memory.usage_in_bytes"), root: root)
  }

  /// The threads of all processes of a cgroup.
  ///
  /// - Parameter root: The folder that stands for `/`; `source` leaves it out.
  /// - Returns: The smallest limit; nil where none is set.
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
      // `max`, and in version 1 a number that no machine has, stand for none.
      guard let value = number("\(folder)/\(names.limit)"), value < 1 << 60 else { return nil }
      return CgroupLimit(
        value: value, source: "\(folder)/\(names.limit)", used: number("\(folder)/\(names.use)"))
    }
    return limits.min { $0.value < $1.value }
  }
}
