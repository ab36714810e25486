import Dispatch
import Parallel

/// Ranks that are threads of the test's process, so that what they do together is tested without MPI.
public struct ThreadCommunicator: Communicator {
  /// What the ranks see of each other.
  private final class Hub: @unchecked Sendable {
    let barrier: Barrier
    /// What each rank lends the others until they meet again; written by that rank alone.
    let buffers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let parts: UnsafeMutablePointer<UnsafePointer<RankPart>?>
    let values: UnsafeMutablePointer<Int64>

    init(size: Int) {
      barrier = Barrier(threadCount: size, patience: .sharedCore)
      buffers = .allocate(capacity: size)
      buffers.initialize(repeating: nil, count: size)
      parts = .allocate(capacity: size)
      parts.initialize(repeating: nil, count: size)
      values = .allocate(capacity: size)
      values.initialize(repeating: 0, count: size)
    }

    deinit {
      buffers.deallocate()
      parts.deallocate()
      values.deallocate()
    }
  }

  /// What one rank has started: done when it is finished, with what was to be sent when it started.
  private final class Started: @unchecked Sendable {
    var exchanges: [Int: () -> Void] = [:]
  }

  /// A value that a thread leaves for the one that waits for it.
  private final class Slot<Value>: @unchecked Sendable {
    var value: Value?
  }

  /// This rank.
  public let rank: Int
  /// How many there are.
  public let size: Int
  /// As a test wants it.
  public let isOnOneMachine: Bool
  private let hub: Hub
  private let started = Started()

  /// Runs a function as several ranks and waits for all; one that throws ends the tests, as the others
  /// would wait for it for ever.
  ///
  /// - Parameters:
  ///   - size: How many ranks.
  ///   - isOnOneMachine: What they are told.
  ///   - body: What each does.
  /// - Returns: The results by rank.
  public static func onRanks<Value: Sendable>(
    _ size: Int, isOnOneMachine: Bool = false,
    _ body: @escaping @Sendable (ThreadCommunicator) throws -> Value
  ) -> [Value] {
    let hub = Hub(size: size)
    let slots = (0..<size).map { _ in Slot<Value>() }
    let group = DispatchGroup()
    for rank in 0..<size {
      DispatchQueue(label: "rank-\(rank)").async(group: group) {
        do {
          slots[rank].value = try body(
            ThreadCommunicator(
              rank: rank, size: size, isOnOneMachine: isOnOneMachine, hub: hub))
        } catch {
          fatalError("rank \(rank): \(error)")
        }
      }
    }
    group.wait()
    return slots.compactMap(\.value)
  }

  /// Copies from the other ranks' buffers.
  public func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>) {
    meet(lending: buffer, parts) { other, buffers, theirs in
      precondition(theirs[other] == parts[other], "ranks differ about rank \(other)'s part")
      (buffer + parts[other].offset)
        .copyMemory(from: buffers + parts[other].offset, byteCount: parts[other].count)
    }
  }

  /// Copies from the other ranks' buffers.
  public func allToAll(
    _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    func take(from buffer: UnsafeRawPointer, _ sent: RankPart, as part: RankPart) {
      precondition(sent.count == part.count, "\(sent.count) bytes sent, \(part.count) expected")
      (receive + part.offset).copyMemory(from: buffer + sent.offset, byteCount: part.count)
    }
    take(from: send, sendParts[rank], as: receiveParts[rank])
    meet(lending: UnsafeMutableRawPointer(mutating: send), sendParts) { other, buffer, theirs in
      take(from: buffer, theirs[rank], as: receiveParts[other])
    }
  }

  /// Notes what this rank sends.
  public func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>
  ) {
    let parts = Array(UnsafeBufferPointer(start: parts, count: size))
    let own = parts[rank]
    let sent = Array(UnsafeRawBufferPointer(start: buffer + own.offset, count: own.count))
    start(slot) {
      var copy = [UInt8](repeating: 0, count: parts.map { $0.offset + $0.count }.max() ?? 0)
      copy.replaceSubrange(own.offset..<own.offset + own.count, with: sent)
      copy.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        allGather(base, parts: parts)
        for (other, part) in parts.enumerated() where other != rank {
          (buffer + part.offset).copyMemory(from: base + part.offset, byteCount: part.count)
        }
      }
    }
  }

  /// Notes what this rank sends.
  public func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    let sendParts = Array(UnsafeBufferPointer(start: sendParts, count: size))
    let receiveParts = Array(UnsafeBufferPointer(start: receiveParts, count: size))
    let sent = Array(
      UnsafeRawBufferPointer(
        start: send, count: sendParts.map { $0.offset + $0.count }.max() ?? 0))
    start(slot) {
      sent.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        allToAll(base, sendParts: sendParts, into: receive, receiveParts: receiveParts)
      }
    }
  }

  private func start(_ slot: Int, _ exchange: @escaping () -> Void) {
    precondition(started.exchanges[slot] == nil, "slot \(slot) is in use")
    started.exchanges[slot] = exchange
  }

  /// Does nothing: nothing moves before it is finished.
  public func advance() {}

  /// Exchanges what was started.
  public func finish(slot: Int) {
    guard let exchange = started.exchanges.removeValue(forKey: slot) else {
      preconditionFailure("nothing was started in slot \(slot)")
    }
    exchange()
  }

  /// Copies from the root's buffer.
  public func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int) {
    meet(lending: buffer, [RankPart(offset: 0, count: count)]) { other, buffers, theirs in
      precondition(theirs[0].count == count, "ranks differ about the count")
      if other == root { buffer.copyMemory(from: buffers, byteCount: count) }
    }
  }

  /// Copies from the sender's buffer; the others wait for both.
  public func send(
    _ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int
  ) {
    precondition(sender != receiver, "a rank sends to another")
    meet(lending: buffer, [RankPart(offset: 0, count: count)]) { other, buffers, theirs in
      precondition(theirs[0].count == count, "ranks differ about the count")
      if rank == receiver, other == sender {
        buffer.copyMemory(from: buffers, byteCount: count)
      }
    }
  }

  /// Looks at the other ranks' numbers.
  public func largest(_ value: Int64) -> Int64 {
    hub.values[rank] = value
    hub.barrier.wait()
    let result = (0..<size).reduce(value) { max($0, hub.values[$1]) }
    hub.barrier.wait()
    return result
  }

  /// Lends memory to the other ranks and looks at what each of them lends.
  private func meet(
    lending buffer: UnsafeMutableRawPointer, _ parts: UnsafePointer<RankPart>,
    _ look: (_ rank: Int, UnsafeRawPointer, _ parts: UnsafePointer<RankPart>) -> Void
  ) {
    hub.buffers[rank] = buffer
    hub.parts[rank] = parts
    hub.barrier.wait()
    for other in 0..<size where other != rank {
      guard let buffer = hub.buffers[other], let parts = hub.parts[other] else {
        preconditionFailure("rank \(other) lends nothing")
      }
      look(other, buffer, parts)
    }
    hub.barrier.wait()
  }
}
