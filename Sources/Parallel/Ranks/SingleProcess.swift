/// The communicator of a job with one process.
///
/// Exchanges copy at most within the process.
package struct SingleProcess: Communicator {
  /// The rank, 0.
  package var rank: Int { 0 }
  /// The number of processes, 1.
  package var size: Int { 1 }
  /// Always true.
  package var isOnOneMachine: Bool { true }

  /// Creates the communicator.
  package init() {}

  /// Returns at once: the only part is this rank's.
  package func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>) {}

  /// Copies the part that the process sends to itself.
  package func allToAll(
    _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    (receive + receiveParts[0].offset).copyMemory(
      from: send + sendParts[0].offset, byteCount: sendParts[0].count)
  }

  /// Returns at once: the only part is this rank's.
  package func startAllGather(
    slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>
  ) {}

  /// Copies the part that the process sends to itself.
  package func startAllToAll(
    slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
    into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
  ) {
    allToAll(send, sendParts: sendParts, into: receive, receiveParts: receiveParts)
  }

  /// Returns at once: exchanges complete when they start.
  package func advance() {}

  /// Returns at once: exchanges complete when they start.
  package func finish(slot: Int) {}

  /// Returns at once: there is no other rank.
  package func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int) {}

  /// Must not be called: there is no other rank.
  package func send(
    _ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int
  ) {
    preconditionFailure("a job of one rank sends nothing")
  }

  /// The value itself.
  package func largest(_ value: Int64) -> Int64 { value }
}
