import Model
import Parallel

/// The number of rows that a worker takes through a stage at once; it never changes a result.
///
/// Every worker has a run of leaves of its own, which differ by one leaf at most. It works on them
/// in shards, which are small enough for its cache.
public enum ShardSize: Sendable, Equatable, CustomStringConvertible {
  /// The fastest size on most CPUs: one block of 64 rows, or fewer if these are large images.
  case auto
  /// At most so many rows, rounded up to whole leaves of 8 rows.
  ///
  /// If the network's `unitLeaves` are more than one, a shard is always one unit.
  case rows(Int)

  /// The most leaves of a shard.
  ///
  /// - Parameter network: The network.
  /// - Returns: At least 1.
  package func leaves(for network: Network) -> Int {
    if network.unitLeaves > 1 { return network.unitLeaves }
    switch self {
    case .auto:
      let rowBytes = network.layers.reduce(0) { max($0, Self.imageBytes($1)) }
      guard rowBytes > 0 else { return LeafPlan.blockLeaves }
      return min(max(Self.cacheBytes / (rowBytes * LeafPlan.leafRows), 1), LeafPlan.blockLeaves)
    case .rows(let rows): return max((rows - 1) / LeafPlan.leafRows + 1, 1)
    }
  }

  /// What a shard's images should leave of a second-level cache: one layer's output is the next
  /// one's input.
  private static let cacheBytes = 1 << 19

  /// The bytes of a sample's input and output of a layer between images; 0 for other layers.
  private static func imageBytes(_ layer: any Layer) -> Int {
    guard layer.inputShape.extents.count > 1, layer.outputShape.extents.count > 1 else { return 0 }
    return (layer.inputShape.count + layer.outputShape.count) * MemoryLayout<Float>.stride
  }

  /// The most rows of a shard.
  ///
  /// - Parameter network: The network.
  /// - Returns: A multiple of ``LeafPlan/leafRows``.
  package func rows(for network: Network) -> Int { leaves(for: network) * LeafPlan.leafRows }

  /// As on the command line.
  public var description: String {
    switch self {
    case .auto: "auto"
    case .rows(let rows): "\(rows)"
    }
  }
}

extension ShardSize: SettingValue {
  package init?(_ value: Setting.Value) {
    switch value {
    case .integer(let rows): self = .rows(rows)
    case .text("auto"): self = .auto
    default: return nil
    }
  }

  package var settingValue: Setting.Value {
    switch self {
    case .auto: .text("auto")
    case .rows(let rows): .integer(rows)
    }
  }
}

extension SettingRange where Value == ShardSize {
  /// The arithmetic of a run has room for the greatest, which is far beyond any use.
  static var allowed: Self {
    Self("auto, or from 1 to \(1 << 20)") {
      if case .rows(let rows) = $0 { (1...(1 << 20)).contains(rows) } else { true }
    }
  }
}
