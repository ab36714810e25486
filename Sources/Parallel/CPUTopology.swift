/// The processors that are online and what they share, as the kernel tells it.
public struct CPUTopology: Codable, Sendable, Equatable {
  /// One logical CPU.
  public struct CPU: Codable, Sendable, Equatable {
    /// The kernel's number.
    public var number: Int
    /// The first CPU of its physical core: CPUs with the same are SMT siblings.
    public var core: Int
    /// The first CPU of those that share its last cache.
    public var cache: Int
    /// Its NUMA node.
    public var node: Int
    /// Its package.
    public var package: Int
    /// Whether this process may run on it.
    public var isUsable: Bool

    private enum CodingKeys: String, CodingKey {
      case number, core, cache, node, package
      case isUsable = "usable"
    }
  }

  /// By number.
  public var cpus: [CPU]
  /// What could not be read and was guessed, one line each.
  public var guesses: [String]
}
