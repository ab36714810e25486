import Dispatch
import Parallel

/// Ranks that are threads of the test's process, so that what they do together is tested without
/// MPI.
package struct ThreadCommunicator: Communicator {
  /// What the ranks see of each other.
  private final class Hub: @unchecked Sendable {
    let barrier: Barrier
    /// What each rank lends the others until they meet again; written by that rank alone.
    let buffers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let parts: UnsafeMutablePointer<UnsafePointer<RankPart>?>
    let values: UnsafeMutablePointer<Int64>

    init(size: Int) {
      barrier = Barrier(threadCount: size, waitPolicy: .sharedCore)
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

  /// What one rank has started in a slot; the others get it when it is finished, as it was when it
  /// started.
  private final class Started: @unchecked Sendable {
    var isAllToAll = false
    var isUnderWay = false
    /// A copy of what is sent.
    private(set) var sent = AlignedBuffer<UInt8>(count: 0)
    var received: UnsafeMutableRawPointer?
    let sendParts: AlignedBuffer<RankPart>
    let receiveParts: AlignedBuffer<RankPart>

    init(size: Int) {
      sendParts = AlignedBuffer(count: size)
      receiveParts = AlignedBuffer(count: size)
    }

    func keep(_ bytes: UnsafeRawPointer, count: Int) {
      if sent.count < count { sent = AlignedBuffer(count: count) }
      UnsafeMutableRawPointer(sent.pointer).copyMemory(from: bytes, byteCount: count)
    }
  }

  /// A value that a thread leaves for the one that waits for it.
  private final class Slot<Value>: @unchecked Sendable {
    var value: Value?
  }

  /// This rank.
  package let rank: Int
  /// How many there are.
  package let size: Int
  /// As a test wants it.
  package let isOnOneMachine: Bool
  private let hub: Hub
  private let started: [Started]

  private init(rank: Int, size: Int, isOnOneMachine: Bool, hub: Hub) {
    self.rank = rank
    self.size = size
    self.isOnOneMachine = isOnOneMachine
    self.hub = hub
    started = (0..<Self.slotCount).map { _ in Started(size: size) }
  }

  /// Runs a function as several ranks and waits for all; one that throws ends the tests, as the
  /// others would wait for it forever.
  ///
  /// - Parameters:
  ///   - size: How many ranks.
  ///   - isOnOneMachine: What they are told.
  ///   - body: What each does.
  /// - Returns: The results by rank.
  package static func onRanks<Value: Sendable>(
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
  package func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>) {
    meet(lending: buffer, parts) { other, buffers, theirs in
      precondition(theirs[other] == parts[other], "ranks differ about rank \(other)'s part")
      (buffer + parts[other].offset)
        .copyMemory(from: buffers + parts[other].offset, byteCount: parts[other].count)
    }
  }

  /// Copies from the other ranks' buffers.
  package func allToAll(
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

  /// Keeps a copy of this rank's part.
  package func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>
  ) {
    let exchange = start(slot, receivesInto: buffer, parts)
    exchange.isAllToAll = false
    exchange.keep(buffer + parts[rank].offset, count: parts[rank].count)
  }

  /// Keeps a copy of what this rank sends.
  package func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    let exchange = start(slot, receivesInto: receive, receiveParts)
    exchange.isAllToAll = true
    exchange.sendParts.pointer.update(from: sendParts, count: size)
    let end = (0..<size).reduce(0) { max($0, sendParts[$1].offset + sendParts[$1].count) }
    exchange.keep(send, count: end)
  }

  private func start(
    _ slot: Int, receivesInto buffer: UnsafeMutableRawPointer, _ parts: UnsafePointer<RankPart>
  ) -> Started {
    let exchange = started[slot]
    precondition(!exchange.isUnderWay, "slot \(slot) is in use")
    exchange.isUnderWay = true
    exchange.received = buffer
    exchange.receiveParts.pointer.update(from: parts, count: size)
    return exchange
  }

  /// Does nothing: nothing moves before it is finished.
  package func advance() {}

  /// Copies from what the other ranks have kept.
  package func finish(slot: Int) {
    let exchange = started[slot]
    guard exchange.isUnderWay, let buffer = exchange.received else {
      preconditionFailure("nothing was started in slot \(slot)")
    }
    exchange.isUnderWay = false
    let parts = UnsafePointer(exchange.receiveParts.pointer)
    if exchange.isAllToAll {
      allToAll(
        exchange.sent.pointer, sendParts: exchange.sendParts.pointer, into: buffer,
        receiveParts: parts)
    } else {
      meet(lending: exchange.sent.pointer, parts) { other, kept, theirs in
        precondition(theirs[other] == parts[other], "ranks differ about rank \(other)'s part")
        (buffer + parts[other].offset).copyMemory(from: kept, byteCount: parts[other].count)
      }
    }
  }

  /// Copies from the root's buffer.
  package func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int) {
    meet(lending: buffer, [RankPart(offset: 0, count: count)]) { other, buffers, theirs in
      precondition(theirs[0].count == count, "ranks differ about the count")
      if other == root { buffer.copyMemory(from: buffers, byteCount: count) }
    }
  }

  /// Copies from the sender's buffer; the others wait for both.
  package func send(
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
  package func largest(_ value: Int64) -> Int64 {
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
