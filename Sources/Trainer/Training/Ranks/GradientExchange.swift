import CKernels
import Model
import Parallel

/// How gradients of weights meet: each rank sends every other its partial sums of that rank's
/// parameters, and each merges what it gets in the tree's order.
///
/// A partial sum is that of one of the rank's maximal subtrees of shards; see `TreeShares`. They travel
/// in buckets, each as soon as its tiles are finished; only worker 0 calls the communicator.
final class GradientExchange: Sendable {
  /// A run of this rank's parameters with the same rules.
  struct Run: Sendable {
    /// Floats of the flat buffer.
    let range: Range<Int>
    let decays: Bool
    /// Whether every rank has its gradient already, out of the shards' merges.
    let isMerged: Bool
  }

  /// The messages.
  let buckets: GradientBuckets
  /// The tensors within this rank's parameters.
  let runs: [Run]

  private let communicator: any Communicator
  private let owned: Range<Int>
  private let shardCapacity: Int
  private let progress: BucketProgress
  /// A region for each rank's bucket, with a partial sum of its parameters for each of this rank's
  /// subtrees: with one subtree that is the layout of the gradients, and their buffer serves.
  private let outgoing: AlignedBuffer<Float>
  /// The same the other way round: a region for each other rank, and in it one for each bucket, with
  /// the rank's partial sums of this rank's parameters.
  private let incoming: AlignedBuffer<Float>
  private let outgoingParts: AlignedBuffer<RankPart>
  private let incomingParts: AlignedBuffer<RankPart>
  /// For each bucket every rank's parameters.
  private let parameterParts: [AlignedBuffer<RankPart>]
  /// Partial sums that each rank has at most, and in total those of the other ranks before it.
  private let capacities: [Int]
  private let capacitiesBefore: [Int]
  /// For each bucket, by a subtree's first shard, its partial sum of this rank's parameters.
  private let partials: AlignedBuffer<UnsafeMutablePointer<Float>?>

  /// Messages that the gradients of ranks on several machines are cut into.
  ///
  /// Within a machine the CPUs that would compute meanwhile are those that carry the messages.
  private static let bucketCountBetweenMachines = 4

  /// Allocates for batches of up to `shardCapacity` shards.
  ///
  /// - Parameters:
  ///   - state: The model; its gradient buffer may hold partial sums between steps.
  ///   - tiles: The tiles that its gradients are computed in.
  ///   - mergedEntries: Tensors whose gradients come out of the shards' merges.
  ///   - shardCapacity: The most shards of a batch.
  ///   - communicator: The ranks, more than one.
  init(
    _ state: ModelState, tiles: [TileSchedule.Tile], mergedEntries: [MergedEntry],
    shardCapacity: Int, communicator: any Communicator
  ) {
    self.communicator = communicator
    self.shardCapacity = shardCapacity
    let layout = state.network.parameters
    let shares = ParameterShares(state.network, rankCount: communicator.size)
    let owned = shares.range(of: communicator.rank)
    self.owned = owned
    let buckets = GradientBuckets(
      shares, count: communicator.isOnOneMachine ? 1 : Self.bucketCountBetweenMachines,
      tiles: tiles)
    self.buckets = buckets
    precondition(
      2 * buckets.count <= type(of: communicator).slotCount,
      "every bucket's gradients and parameters have a slot")
    progress = BucketProgress(tileCounts: buckets.tileCounts)
    let merged = Set(mergedEntries.map(\.range))
    runs = layout.entries.compactMap { entry in
      let range = entry.range.clamped(to: owned)
      return range.isEmpty
        ? nil
        : Run(range: range, decays: entry.decays, isMerged: merged.contains(entry.range))
    }
    let full = TreeShares(
      leafCount: shardCapacity, leafCapacity: shardCapacity, rankCount: communicator.size)
    let capacities = (0..<communicator.size).map { full.subtreeCount(of: $0) }
    self.capacities = capacities
    let capacity = capacities[communicator.rank]
    outgoing = capacity == 1 ? state.gradients : AlignedBuffer(count: capacity * layout.count)
    // What a rank would send itself stays where it is.
    var received = 0
    capacitiesBefore = capacities.indices.map { rank in
      defer { received += rank == communicator.rank ? 0 : capacities[rank] }
      return received
    }
    incoming = AlignedBuffer(count: received * owned.count)
    outgoingParts = AlignedBuffer(count: communicator.size)
    incomingParts = AlignedBuffer(count: communicator.size)
    parameterParts = (0..<buckets.count).map { buckets.parts($0) }
    partials = AlignedBuffer(count: buckets.count * shardCapacity)
  }

  /// Takes a partial sum of some parameters, to be sent to those whose they are.
  ///
  /// - Parameters:
  ///   - values: The sum (count).
  ///   - offset: The first parameter in the flat buffer.
  ///   - count: How many parameters.
  ///   - subtree: The number of the subtree among the rank's.
  func put(_ values: UnsafePointer<Float>, at offset: Int, count: Int, subtree: Int) {
    let capacity = capacities[communicator.rank]
    buckets.forEachPiece(of: offset..<offset + count) { part, piece in
      let destination =
        outgoing.pointer + capacity * piece.lowerBound + subtree * piece.count
        + (part.lowerBound - piece.lowerBound)
      destination.update(from: values + (part.lowerBound - offset), count: part.count)
    }
  }

  /// Takes note that all partial sums of a tile were put; by any worker.
  func finished(tile: Int) {
    for bucket in buckets.buckets(ofTile: tile) { progress.finishedTile(of: bucket) }
  }

  /// Sends off the buckets whose tiles are finished, in their order, and lets those on their way go on.
  ///
  /// - Parameter shards: Which shards each rank has.
  func startFinished(_ shards: TreeShares) {
    while let bucket = progress.nextFinished() { start(bucket, shards) }
    communicator.advance()
  }

  private func start(_ bucket: Int, _ shards: TreeShares) {
    let own = communicator.rank
    let ownCount = shards.subtreeCount(of: own)
    let owned = buckets.range(bucket, of: own)
    for rank in 0..<communicator.size {
      let sent = buckets.range(bucket, of: rank)
      let first = capacities[own] * sent.lowerBound
      outgoingParts.pointer[rank] = RankPart(
        first..<first + (rank == own ? 0 : ownCount * sent.count), of: Float.self)
      let offset =
        capacitiesBefore[rank] * self.owned.count
        + capacities[rank] * (owned.lowerBound - self.owned.lowerBound)
      let region =
        rank == own
        ? outgoing.pointer + capacities[own] * owned.lowerBound : incoming.pointer + offset
      var place = region
      shards.forEachSubtree(of: rank) { leaves in
        partials.pointer[bucket * shardCapacity + leaves.lowerBound] = place
        place += owned.count
      }
      incomingParts.pointer[rank] = RankPart(
        rank == own ? 0..<0 : offset..<offset + (place - region), of: Float.self)
    }
    communicator.startAllToAll(
      slot: bucket, outgoing.pointer, sendParts: outgoingParts.pointer, into: incoming.pointer,
      receiveParts: incomingParts.pointer)
  }

  /// Returns when a bucket has come from all ranks; buckets are finished in their order.
  func finish(_ bucket: Int) {
    communicator.finish(slot: bucket)
    progress.reset(bucket)
  }

  /// Merges all ranks' partial sums of some of this rank's parameters.
  ///
  /// - Parameters:
  ///   - range: Which parameters, in the flat buffer.
  ///   - bucket: The bucket that they are in.
  ///   - shards: Which shards each rank has.
  /// - Returns: Their gradients, summed over the batch.
  func merge(_ range: Range<Int>, of bucket: Int, _ shards: TreeShares) -> UnsafePointer<Float> {
    let offset = range.lowerBound - buckets.range(bucket, of: communicator.rank).lowerBound
    shards.mergeAcross { into, from in
      kernel_add(
        partial(into, of: bucket) + offset, partial(from, of: bucket) + offset, Int64(range.count))
    }
    return UnsafePointer(partial(0, of: bucket) + offset)
  }

  private func partial(_ shard: Int, of bucket: Int) -> UnsafeMutablePointer<Float> {
    guard let place = partials.pointer[bucket * shardCapacity + shard] else {
      preconditionFailure("shard \(shard) starts no subtree")
    }
    return place
  }

  /// Starts to give every rank what the others own of a bucket.
  ///
  /// - Parameters:
  ///   - values: A buffer laid out as the parameters are.
  ///   - bucket: The bucket.
  func startSharing(_ values: UnsafeMutablePointer<Float>, of bucket: Int) {
    communicator.startAllGather(
      slot: buckets.count + bucket, values, parts: parameterParts[bucket].pointer)
  }

  /// Returns when all buckets are shared.
  func finishSharing() {
    for bucket in 0..<buckets.count { communicator.finish(slot: buckets.count + bucket) }
  }
}
