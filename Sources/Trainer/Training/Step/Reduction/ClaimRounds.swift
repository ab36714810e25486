import Parallel

/// Numbers the rounds in which workers claim items.
///
/// Every worker advances its own copy; the copies stay equal.
final class ClaimRounds: Sendable {
  private let rounds: AlignedBuffer<UInt32>
  /// Two cache lines per worker, in `UInt32`: the CPU fetches lines in pairs.
  private static let stride = 32

  init(workerCount: Int) {
    rounds = AlignedBuffer(count: workerCount * Self.stride)
  }

  /// Advances a worker's copy and returns the new round.
  func next(worker: Int) -> UInt32 {
    let round = rounds.pointer + worker * Self.stride
    round.pointee &+= 1
    return round.pointee
  }
}
