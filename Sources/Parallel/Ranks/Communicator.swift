/// A rank's part of a buffer, in bytes.
package struct RankPart: Sendable, Equatable, BitwiseCopyable {
  /// Where it starts.
  package var offset: Int
  /// How long it is.
  package var count: Int

  /// Describes a part.
  ///
  /// - Parameters:
  ///   - offset: Where it starts, in bytes.
  ///   - count: How long it is, in bytes.
  @inlinable
  package init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}

/// What the processes of one job exchange memory through.
///
/// Every function but the properties is collective: all ranks call the same ones in the same order, and
/// each returns when the calling rank has what it asked for, or where its name says so has only started
/// it. At most one thread of a rank is in one at a time. None allocates. A failure leaves no rank able to go on: it is told and ends the job.
package protocol Communicator: Sendable {
  /// This process's number, in `0..<size`.
  var rank: Int { get }
  /// How many processes there are.
  var size: Int { get }
  /// Whether all processes run on one machine, and so share its CPUs; the same on all ranks.
  var isOnOneMachine: Bool { get }

  /// Gives every rank every rank's part of a buffer.
  ///
  /// - Parameters:
  ///   - buffer: The buffer, with this rank's part filled.
  ///   - parts: The place of each rank's part (size), the same on all ranks.
  func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>)

  /// Sends each rank a part of a buffer, and receives one from each.
  ///
  /// - Parameters:
  ///   - send: What is sent.
  ///   - sendParts: The part for each rank (size).
  ///   - receive: Takes what the others send.
  ///   - receiveParts: The place of what each rank sends (size), as long as what it sends.
  func allToAll(
    _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>)

  /// Starts what ``allGather(_:parts:)`` does, and returns.
  ///
  /// Until it is finished, nobody touches the other ranks' parts, nor writes this rank's.
  ///
  /// - Parameters:
  ///   - slot: The number to finish it by, under ``slotCount``; not in use.
  ///   - buffer: As there.
  ///   - parts: As there; copied.
  func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>)

  /// Starts what ``allToAll(_:sendParts:into:receiveParts:)`` does, and returns.
  ///
  /// Until it is finished, nobody writes what is sent, nor touches what is received.
  ///
  /// - Parameters:
  ///   - slot: As in ``startAllGather(slot:_:parts:)``.
  ///   - send: As there.
  ///   - sendParts: As there; copied.
  ///   - receive: As there.
  ///   - receiveParts: As there; copied.
  func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>)

  /// Lets what was started go on, which libraries do only while they are called; not collective.
  func advance()

  /// Returns when what was started in a slot is done on this rank.
  ///
  /// - Parameter slot: The number it was started by.
  func finish(slot: Int)

  /// Gives every rank what one rank has.
  ///
  /// - Parameters:
  ///   - buffer: Filled on that rank, to be filled on the others.
  ///   - count: Bytes, the same on all ranks.
  ///   - root: That rank.
  func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int)

  /// Sends what one rank has to one other; the remaining ranks have no part in it.
  ///
  /// - Parameters:
  ///   - buffer: Filled on the sender, to be filled on the receiver.
  ///   - count: Bytes, the same on all ranks.
  ///   - sender: Who sends.
  ///   - receiver: Who receives, another rank.
  func send(_ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int)

  /// The greatest of all ranks' numbers.
  ///
  /// - Parameter value: This rank's.
  /// - Returns: The same on all ranks.
  func largest(_ value: Int64) -> Int64
}

extension Communicator {
  /// How many exchanges can be on their way at a time.
  package static var slotCount: Int { 8 }

  /// Whether a condition holds on any rank; collective.
  ///
  /// - Parameter condition: Whether it holds here.
  /// - Returns: The same on all ranks.
  package func any(_ condition: Bool) -> Bool {
    size == 1 ? condition : largest(condition ? 1 : 0) != 0
  }

  /// Gives every rank the bytes of one rank; collective, and allocates.
  ///
  /// - Parameters:
  ///   - bytes: The bytes; those of other ranks than `root` are ignored.
  ///   - root: The rank that has them.
  /// - Returns: The bytes.
  package func broadcast(_ bytes: [UInt8], from root: Int = 0) -> [UInt8] {
    if size == 1 { return bytes }
    let count = Int(largest(rank == root ? Int64(bytes.count) : 0))
    var result = rank == root ? bytes : [UInt8](repeating: 0, count: count)
    result.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { broadcast(base, count: count, from: root) }
    }
    return result
  }

  /// Gives every rank the bytes of all ranks; collective, and allocates.
  ///
  /// - Parameter bytes: This rank's.
  /// - Returns: Each rank's, by rank.
  package func allGather(_ bytes: [UInt8]) -> [[UInt8]] {
    var counts = [Int](repeating: 0, count: size)
    counts[rank] = bytes.count
    let word = MemoryLayout<Int>.stride
    let words = (0..<size).map { RankPart(offset: $0 * word, count: word) }
    counts.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { allGather(base, parts: words) }
    }
    var offset = 0
    let parts = counts.map { count in
      defer { offset += count }
      return RankPart(offset: offset, count: count)
    }
    var all = [UInt8](repeating: 0, count: max(offset, 1))
    all.replaceSubrange(parts[rank].offset..<parts[rank].offset + bytes.count, with: bytes)
    all.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { allGather(base, parts: parts) }
    }
    return parts.map { Array(all[$0.offset..<$0.offset + $0.count]) }
  }
}

/// Small exchanges outside of steps, which allocate.
extension Communicator {
  /// Returns when every rank has called it; collective.
  package func meet() {
    _ = any(false)
  }

  /// Gives every rank the values of all ranks; collective.
  ///
  /// - Parameter values: This rank's.
  /// - Returns: Each rank's, by rank.
  package func gather<Value: BitwiseCopyable>(_ values: [Value]) -> [[Value]] {
    allGather(values.withUnsafeBytes { Array($0) }).map { bytes in
      bytes.withUnsafeBytes { raw in
        (0..<raw.count / MemoryLayout<Value>.stride).map {
          raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.stride, as: Value.self)
        }
      }
    }
  }

  /// The sum of all ranks' numbers, in the order of the ranks; collective.
  ///
  /// - Parameter value: This rank's.
  /// - Returns: The same on all ranks.
  package func sum(_ value: Double) -> Double {
    gather([value]).reduce(0) { $0 + $1[0] }
  }
}

/// The communicator of a job of one process: nobody is there to exchange with.
package struct SingleProcess: Communicator {
  /// Zero.
  package var rank: Int { 0 }
  /// One.
  package var size: Int { 1 }
  /// True.
  package var isOnOneMachine: Bool { true }

  /// Joins nobody.
  package init() {}

  /// Does nothing.
  package func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>) {}

  /// Copies what it sends itself.
  package func allToAll(
    _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    (receive + receiveParts[0].offset).copyMemory(
      from: send + sendParts[0].offset, byteCount: sendParts[0].count)
  }

  /// Does nothing.
  package func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>
  ) {}

  /// Copies what it sends itself.
  package func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    allToAll(send, sendParts: sendParts, into: receive, receiveParts: receiveParts)
  }

  /// Does nothing.
  package func advance() {}

  /// Does nothing.
  package func finish(slot: Int) {}

  /// Does nothing.
  package func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int) {}

  /// Has nobody to send to.
  package func send(
    _ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int
  ) {
    preconditionFailure("a job of one rank sends nothing")
  }

  /// The number itself.
  package func largest(_ value: Int64) -> Int64 { value }
}
