import CKernels
import Model
import Parallel

/// Exchanges the gradients of weights between ranks (a reduce-scatter in the order of the tree).
///
/// Each rank owns some of the parameters. It receives the partial sums of their gradients from all
/// other ranks, and merges them in the order of the pairwise tree. A partial sum covers one of the
/// sending rank's maximal subtrees of blocks; see `TreeShares`. Partial sums are sent in buckets,
/// each as soon as its tiles are finished. Only worker 0 calls the communicator.
final class GradientExchange: Sendable {
  /// The part of one tensor that this rank owns.
  struct Run: Sendable {
    /// The part as a range of the flat buffer, in floats.
    let range: Range<Int>
    /// Whether weight decay applies to it.
    let decays: Bool
    /// Whether every rank already has its gradient, from the merges of a stage.
    let isMerged: Bool
  }

  /// The buckets in which gradients are sent.
  let buckets: GradientBuckets
  /// The parts of tensors that this rank owns.
  let runs: [Run]

  private let communicator: any Communicator
  private let owned: Range<Int>
  private let blockCapacity: Int
  private let progress: BucketProgress
  /// This rank's partial sums, by rank, bucket, subtree and parameter.
  ///
  /// With one subtree this is the layout of the gradients, so their buffer is used.
  let outgoing: AlignedBuffer<Float>
  /// The other ranks' partial sums of this rank's parameters, by rank, bucket, subtree and
  /// parameter.
  let incoming: AlignedBuffer<Float>
  private let outgoingParts: AlignedBuffer<RankPart>
  private let incomingParts: AlignedBuffer<RankPart>
  /// For each bucket, the piece of every rank.
  private let parameterParts: [AlignedBuffer<RankPart>]
  /// For each rank, the maximum number of its subtrees.
  private let capacities: [Int]
  /// For each rank, the sum of the capacities of the ranks before it, without this rank.
  private let capacitiesBefore: [Int]
  /// For each bucket and each subtree's first block, the partial sum of this rank's parameters.
  private let partials: AlignedBuffer<UnsafeMutablePointer<Float>?>

  /// The number of buckets if the ranks are on several machines.
  ///
  /// On a single machine, overlapping communication gains nothing: the same CPUs compute and copy.
  private static let bucketCountBetweenMachines = 4

  /// Allocates memory for batches of up to `blockCapacity` blocks.
  ///
  /// - Parameters:
  ///   - state: The model; its gradient buffer may contain partial sums between steps.
  ///   - tiles: The tiles in which its gradients are computed.
  ///   - mergedEntries: Tensors whose gradients are results of the merges of stages.
  ///   - blockCapacity: The maximum number of blocks of a batch.
  ///   - communicator: The ranks, at least two. It must have two slots per bucket.
  init(
    _ state: ModelState, tiles: [TileSchedule.Tile], mergedEntries: [MergedEntry],
    blockCapacity: Int, communicator: any Communicator
  ) {
    self.communicator = communicator
    self.blockCapacity = blockCapacity
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
    let capacities = Self.subtreeCapacities(
      blockCapacity: blockCapacity, rankCount: communicator.size)
    self.capacities = capacities
    let counts = Self.floatCounts(shares, capacities: capacities, rank: communicator.rank)
    outgoing =
      capacities[communicator.rank] == 1 ? state.gradients : AlignedBuffer(count: counts.outgoing)
    // A rank sends nothing to itself.
    var received = 0
    capacitiesBefore = capacities.indices.map { rank in
      defer { received += rank == communicator.rank ? 0 : capacities[rank] }
      return received
    }
    incoming = AlignedBuffer(count: counts.incoming)
    outgoingParts = AlignedBuffer(count: communicator.size)
    incomingParts = AlignedBuffer(count: communicator.size)
    parameterParts = (0..<buckets.count).map { buckets.parts($0) }
    partials = AlignedBuffer(count: buckets.count * blockCapacity)
  }

  /// For each rank, the maximum number of its subtrees.
  private static func subtreeCapacities(blockCapacity: Int, rankCount: Int) -> [Int] {
    let full = TreeShares(
      leafCount: blockCapacity, leafCapacity: blockCapacity, rankCount: rankCount)
    return (0..<rankCount).map { full.subtreeCount(of: $0) }
  }

  /// The floats of a rank's buffers, without one that the gradients' buffer serves as.
  private static func floatCounts(
    _ shares: ParameterShares, capacities: [Int], rank: Int
  ) -> (outgoing: Int, incoming: Int) {
    let own = capacities[rank]
    return (
      outgoing: own == 1 ? 0 : own * shares.parameterCount,
      incoming: (capacities.reduce(0, +) - own) * shares.range(of: rank).count
    )
  }

  /// The floats of the buffers for partial sums, of the rank that needs the fewest.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - blockCapacity: The maximum number of blocks of a batch.
  ///   - rankCount: The number of ranks; one has no such buffers.
  /// - Returns: Their number.
  static func leastFloatCount(_ network: Network, blockCapacity: Int, rankCount: Int) -> Int {
    guard rankCount > 1 else { return 0 }
    let shares = ParameterShares(network, rankCount: rankCount)
    let capacities = subtreeCapacities(blockCapacity: blockCapacity, rankCount: rankCount)
    return (0..<rankCount).map { rank in
      let counts = floatCounts(shares, capacities: capacities, rank: rank)
      return counts.outgoing + counts.incoming
    }.min() ?? 0
  }

  /// Copies a partial sum of the gradients of some parameters, for the ranks that own them.
  ///
  /// - Parameters:
  ///   - values: The sum, (count).
  ///   - offset: The first parameter's offset in the flat buffer, in floats.
  ///   - count: The number of parameters.
  ///   - subtree: The index of the subtree among this rank's, from 0.
  func put(_ values: UnsafePointer<Float>, at offset: Int, count: Int, subtree: Int) {
    let capacity = capacities[communicator.rank]
    buckets.forEachPiece(of: offset..<offset + count) { part, piece in
      let destination =
        outgoing.pointer + capacity * piece.lowerBound + subtree * piece.count
        + (part.lowerBound - piece.lowerBound)
      destination.update(from: values + (part.lowerBound - offset), count: part.count)
    }
  }

  /// Records that all partial sums of a tile were put; called by any worker.
  func finished(tile: Int) {
    for bucket in buckets.buckets(ofTile: tile) { progress.finishedTile(of: bucket) }
  }

  /// Starts to send the buckets whose tiles are finished, in order, and advances transfers in
  /// progress.
  ///
  /// - Parameter shares: The blocks of each rank.
  func startFinished(_ shares: TreeShares) {
    while let bucket = progress.nextFinished() { start(bucket, shares) }
    communicator.advance()
  }

  private func start(_ bucket: Int, _ shares: TreeShares) {
    let own = communicator.rank
    let ownCount = shares.subtreeCount(of: own)
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
      shares.forEachSubtree(of: rank) { blocks in
        partials.pointer[bucket * blockCapacity + blocks.lowerBound] = place
        place += owned.count
      }
      incomingParts.pointer[rank] = RankPart(
        rank == own ? 0..<0 : offset..<offset + (place - region), of: Float.self)
    }
    communicator.startAllToAll(
      slot: bucket, outgoing.pointer, sendParts: outgoingParts.pointer, into: incoming.pointer,
      receiveParts: incomingParts.pointer)
  }

  /// Waits until a bucket was received from all ranks; buckets must be finished in order.
  func finish(_ bucket: Int) {
    communicator.finish(slot: bucket)
    progress.reset(bucket)
  }

  /// Merges all ranks' partial sums of some of this rank's parameters.
  ///
  /// - Parameters:
  ///   - range: The parameters as a range of the flat buffer, in floats, within one piece.
  ///   - bucket: The bucket that contains them.
  ///   - shares: The blocks of each rank.
  /// - Returns: Their gradients summed over the batch, (range.count).
  func merge(_ range: Range<Int>, of bucket: Int, _ shares: TreeShares) -> UnsafePointer<Float> {
    let offset = range.lowerBound - buckets.range(bucket, of: communicator.rank).lowerBound
    PairwiseTree.merge(
      leafCount: shares.leafCount, in: 0..<shares.leafCount, between: shares.division
    ) { into, from in
      kernel_add(
        partial(into, of: bucket) + offset, partial(from, of: bucket) + offset, Int64(range.count))
    }
    return UnsafePointer(partial(0, of: bucket) + offset)
  }

  private func partial(_ block: Int, of bucket: Int) -> UnsafeMutablePointer<Float> {
    guard let place = partials.pointer[bucket * blockCapacity + block] else {
      preconditionFailure("block \(block) starts no subtree")
    }
    return place
  }

  /// Starts to share a bucket: every rank receives the values of the parameters that the others
  /// own.
  ///
  /// - Parameters:
  ///   - values: A buffer with the layout of the parameters.
  ///   - bucket: The bucket.
  func startSharing(_ values: UnsafeMutablePointer<Float>, of bucket: Int) {
    communicator.startAllGather(
      slot: buckets.count + bucket, values, parts: parameterParts[bucket].pointer)
  }

  /// Waits until all buckets are shared.
  func finishSharing() {
    for bucket in 0..<buckets.count { communicator.finish(slot: buckets.count + bucket) }
  }
}
