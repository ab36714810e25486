/// The online CPUs and what they share, as Linux reports it.
///
/// Cores of one processor may differ in speed (`cpu_capacity`, `core_type`); this is not
/// considered.
package struct CPUTopology: Codable, Sendable, Equatable {
  /// One logical CPU.
  package struct CPU: Codable, Sendable, Equatable {
    /// The CPU number in Linux.
    package var number: Int
    /// The first CPU of its physical core.
    ///
    /// CPUs of one core are SMT siblings.
    package var core: Int
    /// The first of the CPUs that share its last-level cache.
    package var cache: Int
    /// The number of its NUMA node.
    package var node: Int
    /// The number of its package (socket).
    package var package: Int
    /// Whether this process may run on it.
    package var isUsable: Bool

    private enum CodingKeys: String, CodingKey {
      case number, core, cache, node, package
      case isUsable = "usable"
    }

    /// Creates a CPU.
    ///
    /// - Parameters:
    ///   - number: The CPU number in Linux.
    ///   - core: The first CPU of its physical core.
    ///   - cache: The first of the CPUs that share its last-level cache.
    ///   - node: The number of its NUMA node.
    ///   - package: The number of its package (socket).
    ///   - isUsable: Whether this process may run on it.
    package init(
      number: Int, core: Int, cache: Int, node: Int, package: Int, isUsable: Bool = true
    ) {
      self.number = number
      self.core = core
      self.cache = cache
      self.node = node
      self.package = package
      self.isUsable = isUsable
    }
  }

  /// The CPUs, by number.
  package var cpus: [CPU]
  /// The guesses about what could not be read, one line each.
  package var guesses: [String]
  /// Total bytes of the last-level caches, each counted once; nil if unknown.
  ///
  /// A virtual machine sees the caches of its host, which other machines use too.
  package var lastCacheBytes: Int?

  private enum CodingKeys: String, CodingKey {
    case cpus, guesses
    case lastCacheBytes = "last_cache_bytes"
  }

  /// Creates a topology.
  ///
  /// - Parameters:
  ///   - cpus: The CPUs, by number.
  ///   - guesses: What could not be read and was guessed, one line per guess.
  ///   - lastCacheBytes: Total bytes of the last-level caches; nil if unknown.
  package init(cpus: [CPU], guesses: [String] = [], lastCacheBytes: Int? = nil) {
    self.cpus = cpus
    self.guesses = guesses
    self.lastCacheBytes = lastCacheBytes
  }

  /// The CPUs that this process may use.
  package var usableCPUs: [CPU] { cpus.filter(\.isUsable) }

  /// The number of physical cores of which this process may use at least one CPU.
  package var usableCoreCount: Int { Set(usableCPUs.map(\.core)).count }

  /// The NUMA nodes of the usable CPUs, ascending.
  ///
  /// Nodes without usable CPUs are left out.
  package var usableNodes: [Int] { Set(usableCPUs.map(\.node)).sorted() }
}
