import CKernels
import Model
import Parallel

/// How gradients of weights meet: each rank sends every other its partial sums of that rank's
/// parameters, and each merges what it gets in the tree's order.
///
/// A partial sum is that of one of the rank's maximal subtrees of shards; see `TreeShares`.
final class GradientExchange: Sendable {
  /// A run of this rank's parameters with the same rules.
  struct Run: Sendable {
    /// Floats of the flat buffer.
    let range: Range<Int>
    let decays: Bool
    /// Whether every rank has its gradient already, out of the shards' merges.
    let isMerged: Bool
  }

  /// This rank's parameters.
  let owned: Range<Int>
  /// The tensors within them.
  let runs: [Run]

  private let communicator: any Communicator
  private let shares: ParameterShares
  private let shardCapacity: Int
  /// A region for each rank, with a partial sum of its parameters for each of this rank's subtrees: with
  /// one subtree that is the layout of the gradients, and their buffer serves.
  private let outgoing: AlignedBuffer<Float>
  /// The same the other way round: a region for each rank, with its partial sums of this rank's.
  private let incoming: AlignedBuffer<Float>
  private let outgoingParts: AlignedBuffer<RankPart>
  private let incomingParts: AlignedBuffer<RankPart>
  private let parameterParts: AlignedBuffer<RankPart>
  /// Partial sums that each rank has at most, and in total those of the other ranks before it.
  private let capacities: [Int]
  private let capacitiesBefore: [Int]
  /// For a subtree's first shard its partial sum of this rank's parameters.
  private let partials: AlignedBuffer<UnsafeMutablePointer<Float>?>

  /// Allocates for batches of up to `shardCapacity` shards.
  ///
  /// - Parameters:
  ///   - state: The model; its gradient buffer may hold partial sums between steps.
  ///   - mergedEntries: Tensors whose gradients come out of the shards' merges.
  ///   - shardCapacity: The most shards of a batch.
  ///   - communicator: The ranks, more than one.
  init(
    _ state: ModelState, mergedEntries: [ParameterLayout.Entry], shardCapacity: Int,
    communicator: any Communicator
  ) {
    self.communicator = communicator
    self.shardCapacity = shardCapacity
    let network = state.network
    shares = ParameterShares(network, rankCount: communicator.size)
    let owned = shares.range(of: communicator.rank)
    self.owned = owned
    runs = network.parameters.entries.compactMap { entry in
      let range = entry.range.clamped(to: owned)
      return range.isEmpty
        ? nil
        : Run(range: range, decays: entry.decays, isMerged: mergedEntries.contains(entry))
    }
    let full = TreeShares(
      leafCount: shardCapacity, leafCapacity: shardCapacity, rankCount: communicator.size)
    let capacities = (0..<communicator.size).map { full.subtreeCount(of: $0) }
    self.capacities = capacities
    let capacity = capacities[communicator.rank]
    outgoing =
      capacity == 1 ? state.gradients : AlignedBuffer(count: capacity * shares.parameterCount)
    // What a rank would send itself stays where it is.
    var received = 0
    capacitiesBefore = capacities.indices.map { rank in
      defer { received += rank == communicator.rank ? 0 : capacities[rank] }
      return received
    }
    incoming = AlignedBuffer(count: received * owned.count)
    outgoingParts = AlignedBuffer(count: communicator.size)
    incomingParts = AlignedBuffer(count: communicator.size)
    parameterParts = shares.parts
    partials = AlignedBuffer(count: shardCapacity)
  }

  /// Takes a partial sum of some parameters, to be sent to those whose they are.
  ///
  /// - Parameters:
  ///   - values: The sum (count).
  ///   - offset: The first parameter in the flat buffer.
  ///   - count: How many parameters.
  ///   - subtree: The number of the subtree among the rank's.
  func put(_ values: UnsafePointer<Float>, at offset: Int, count: Int, subtree: Int) {
    var first = offset
    let end = offset + count
    var rank = owner(of: first)
    while first < end {
      let range = shares.range(of: rank)
      let last = min(end, range.upperBound)
      let destination =
        outgoing.pointer + capacities[communicator.rank] * range.lowerBound
        + subtree * range.count + (first - range.lowerBound)
      destination.update(from: values + (first - offset), count: last - first)
      first = last
      rank += 1
    }
  }

  /// The rank whose a parameter is.
  private func owner(of parameter: Int) -> Int {
    var rank = parameter * shares.rankCount / shares.parameterCount
    while shares.range(of: rank).upperBound <= parameter { rank += 1 }
    while shares.range(of: rank).lowerBound > parameter { rank -= 1 }
    return rank
  }

  /// Sends and receives partial sums; called by one worker while the others wait.
  ///
  /// - Parameter shards: Which shards each rank has.
  func exchange(_ shards: TreeShares) {
    let own = communicator.rank
    let ownCount = shards.subtreeCount(of: own)
    for rank in 0..<communicator.size {
      let range = shares.range(of: rank)
      outgoingParts.pointer[rank] = RankPart(
        offset: 4 * capacities[own] * range.lowerBound,
        count: rank == own ? 0 : 4 * ownCount * range.count)
      let region =
        rank == own
        ? outgoing.pointer + capacities[own] * owned.lowerBound
        : incoming.pointer + capacitiesBefore[rank] * owned.count
      var place = region
      shards.forEachSubtree(of: rank) { leaves in
        partials.pointer[leaves.lowerBound] = place
        place += owned.count
      }
      incomingParts.pointer[rank] = RankPart(
        offset: 4 * capacitiesBefore[rank] * owned.count,
        count: rank == own ? 0 : 4 * (place - region))
    }
    communicator.allToAll(
      outgoing.pointer, sendParts: outgoingParts.pointer, into: incoming.pointer,
      receiveParts: incomingParts.pointer)
  }

  /// Merges all ranks' partial sums of some of this rank's parameters.
  ///
  /// - Parameters:
  ///   - range: Which parameters, in the flat buffer.
  ///   - shards: Which shards each rank has.
  /// - Returns: Their gradients, summed over the batch.
  func merge(_ range: Range<Int>, _ shards: TreeShares) -> UnsafePointer<Float> {
    let offset = range.lowerBound - owned.lowerBound
    shards.mergeAcross { into, from in
      kernel_add(partial(into) + offset, partial(from) + offset, Int64(range.count))
    }
    return UnsafePointer(partial(0) + offset)
  }

  private func partial(_ shard: Int) -> UnsafeMutablePointer<Float> {
    guard let place = partials.pointer[shard] else {
      preconditionFailure("shard \(shard) starts no subtree")
    }
    return place
  }

  /// Gives every rank the parts of a flat buffer that the others own; called by one worker while the
  /// others wait.
  ///
  /// - Parameter values: A buffer laid out as the parameters are.
  func share(_ values: UnsafeMutablePointer<Float>) {
    communicator.allGather(values, parts: parameterParts.pointer)
  }
}
