/// The processors that are online and what they share, as the kernel tells it.
///
/// Cores of one processor may differ in speed (`cpu_capacity`, `core_type`); that is not looked at.
package struct CPUTopology: Codable, Sendable, Equatable {
  /// One logical CPU.
  package struct CPU: Codable, Sendable, Equatable {
    /// The kernel's number.
    package var number: Int
    /// The first CPU of its physical core: CPUs with the same are SMT siblings.
    package var core: Int
    /// The first CPU of those that share its last cache.
    package var cache: Int
    /// Its NUMA node.
    package var node: Int
    /// Its package.
    package var package: Int
    /// Whether this process may run on it.
    package var isUsable: Bool

    private enum CodingKeys: String, CodingKey {
      case number, core, cache, node, package
      case isUsable = "usable"
    }

    /// Describes a CPU.
    ///
    /// - Parameters:
    ///   - number: The kernel's number.
    ///   - core: The first CPU of its physical core.
    ///   - cache: The first CPU of those that share its last cache.
    ///   - node: Its NUMA node.
    ///   - package: Its package.
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

  /// By number.
  package var cpus: [CPU]
  /// What could not be read and was guessed, one line each.
  package var guesses: [String]
  /// Bytes of the last caches, one that CPUs share counted once; nil where the kernel does not tell.
  ///
  /// A virtual machine is shown the host's caches, of which others use a part.
  package var lastCacheBytes: Int?

  private enum CodingKeys: String, CodingKey {
    case cpus, guesses
    case lastCacheBytes = "last_cache_bytes"
  }

  /// Describes a machine.
  ///
  /// - Parameters:
  ///   - cpus: The CPUs, by number.
  ///   - guesses: What could not be read and was guessed.
  ///   - lastCacheBytes: Bytes of the last caches; nil where not known.
  package init(cpus: [CPU], guesses: [String] = [], lastCacheBytes: Int? = nil) {
    self.cpus = cpus
    self.guesses = guesses
    self.lastCacheBytes = lastCacheBytes
  }

  /// The CPUs that this process may use.
  package var usableCPUs: [CPU] { cpus.filter(\.isUsable) }

  /// The physical cores of which this process may use a CPU.
  package var usableCoreCount: Int { Set(usableCPUs.map(\.core)).count }

  /// The NUMA nodes of the CPUs that this process may use, ascending; a node without CPUs is none.
  package var usableNodes: [Int] { Set(usableCPUs.map(\.node)).sorted() }

  /// Whether some of the CPUs that this process may use are SMT siblings.
  package var hasUsableSiblings: Bool { usableCoreCount < usableCPUs.count }
}
