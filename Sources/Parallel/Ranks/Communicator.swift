/// Exchanges memory between the processes of one job.
///
/// Every function except the properties and ``advance()`` is collective: all ranks call the same
/// functions in the same order. A function returns when the calling rank has its result; a function
/// whose name begins with `start` returns earlier. At most one thread of a rank may call at a time.
/// No function allocates memory. A failure ends the job on all ranks.
package protocol Communicator: Sendable {
  /// The number of this process, in `0..<size`.
  var rank: Int { get }
  /// The number of processes.
  var size: Int { get }
  /// Whether all processes run on one machine and so share its CPUs.
  ///
  /// The same on all ranks.
  var isOnOneMachine: Bool { get }

  /// Gives every rank the parts of all ranks.
  ///
  /// - Parameters:
  ///   - buffer: The buffer, with this rank's part filled.
  ///   - parts: The part of each rank (size), the same on all ranks.
  func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>)

  /// Sends a part of a buffer to each rank, and receives a part from each.
  ///
  /// - Parameters:
  ///   - send: The buffer to send from.
  ///   - sendParts: The part for each rank (size).
  ///   - receive: The buffer to receive into.
  ///   - receiveParts: The place for each rank's part (size), as long as the part that the rank
  ///     sends.
  func allToAll(
    _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>)

  /// Starts ``allGather(_:parts:)`` and returns.
  ///
  /// Until it is finished, do not touch the parts of other ranks, and do not write this rank's
  /// part.
  ///
  /// - Parameters:
  ///   - slot: An unused number below ``slotCount``, by which to finish it.
  ///   - buffer: As in ``allGather(_:parts:)``.
  ///   - parts: As in ``allGather(_:parts:)``; copied.
  func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>)

  /// Starts ``allToAll(_:sendParts:into:receiveParts:)`` and returns.
  ///
  /// Until it is finished, do not write the sent parts, and do not touch the received ones.
  ///
  /// - Parameters:
  ///   - slot: As in ``startAllGather(slot:_:parts:)``.
  ///   - send: As in ``allToAll(_:sendParts:into:receiveParts:)``.
  ///   - sendParts: As in ``allToAll(_:sendParts:into:receiveParts:)``; copied.
  ///   - receive: As in ``allToAll(_:sendParts:into:receiveParts:)``.
  ///   - receiveParts: As in ``allToAll(_:sendParts:into:receiveParts:)``; copied.
  func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>)

  /// Lets started exchanges make progress, which libraries do only during calls; not collective.
  func advance()

  /// Waits until the exchange that was started in a slot is complete on this rank.
  ///
  /// - Parameter slot: The number with which it was started.
  func finish(slot: Int)

  /// Gives every rank the bytes of one rank.
  ///
  /// - Parameters:
  ///   - buffer: The bytes to send on `root`; receives them on the other ranks.
  ///   - count: The number of bytes, the same on all ranks.
  ///   - root: The rank that sends.
  func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int)

  /// Sends bytes from one rank to another; the remaining ranks do nothing.
  ///
  /// - Parameters:
  ///   - buffer: The bytes to send on the sender; receives them on the receiver.
  ///   - count: The number of bytes, the same on all ranks.
  ///   - sender: The rank that sends.
  ///   - receiver: The rank that receives, other than `sender`.
  func send(_ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int)

  /// The largest of the numbers of all ranks.
  ///
  /// - Parameter value: This rank's number.
  /// - Returns: The largest number, the same on all ranks.
  func largest(_ value: Int64) -> Int64
}

extension Communicator {
  /// The number of exchanges that can be in progress at a time.
  package static var slotCount: Int { 8 }

  /// Whether a condition is true on any rank; collective.
  ///
  /// - Parameter condition: Whether it is true on this rank.
  /// - Returns: Whether it is true on any rank, the same on all ranks.
  package func any(_ condition: Bool) -> Bool {
    size == 1 ? condition : largest(condition ? 1 : 0) != 0
  }

  /// Gives every rank the bytes of one rank; collective, and allocates memory.
  ///
  /// - Parameters:
  ///   - bytes: The bytes of `root`; those of other ranks are ignored.
  ///   - root: The rank that sends.
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

  /// Gives every rank the bytes of all ranks; collective, and allocates memory.
  ///
  /// - Parameter bytes: This rank's bytes.
  /// - Returns: The bytes of each rank, by rank.
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

/// Small exchanges outside of steps; they allocate memory.
extension Communicator {
  /// Waits until every rank has called it; collective.
  package func meet() {
    _ = any(false)
  }

  /// Gives every rank the values of all ranks; collective.
  ///
  /// - Parameter values: This rank's values.
  /// - Returns: The values of each rank, by rank.
  package func gather<Value: BitwiseCopyable>(_ values: [Value]) -> [[Value]] {
    allGather(values.withUnsafeBytes { Array($0) }).map { bytes in
      bytes.withUnsafeBytes { raw in
        (0..<raw.count / MemoryLayout<Value>.stride).map {
          raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.stride, as: Value.self)
        }
      }
    }
  }

  /// The sum of the numbers of all ranks, in the order of the ranks; collective.
  ///
  /// - Parameter value: This rank's number.
  /// - Returns: The sum, the same on all ranks.
  package func sum(_ value: Double) -> Double {
    gather([value]).reduce(0) { $0 + $1[0] }
  }
}
