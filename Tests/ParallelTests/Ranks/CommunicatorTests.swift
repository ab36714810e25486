import TestSupport
import Testing

@testable import Parallel

@Suite("Ranks")
struct CommunicatorTests {
  @Test("each have the bytes of all", arguments: 1...4)
  func allGather(size: Int) {
    let results = ThreadCommunicator.onRanks(size) { communicator in
      communicator.allGather([UInt8](repeating: UInt8(communicator.rank), count: communicator.rank))
    }
    let expected = (0..<size).map { [UInt8](repeating: UInt8($0), count: $0) }
    #expect(results == [[[UInt8]]](repeating: expected, count: size))
  }

  @Test("each have the bytes of one", arguments: 1...4)
  func broadcast(size: Int) {
    for root in 0..<size {
      let results = ThreadCommunicator.onRanks(size) { communicator in
        communicator.broadcast(
          [UInt8](repeating: UInt8(communicator.rank), count: 3 + communicator.rank), from: root)
      }
      let expected = [UInt8](repeating: UInt8(root), count: 3 + root)
      #expect(results == [[UInt8]](repeating: expected, count: size))
    }
  }

  @Test("agree that a condition is true if it is true on one of them", arguments: 1...4)
  func any(size: Int) {
    for holder in 0...size {
      let results = ThreadCommunicator.onRanks(size) { $0.any($0.rank == holder) }
      #expect(results == [Bool](repeating: holder < size, count: size))
    }
  }

  @Test("send to one other rank only", arguments: 2...4)
  func send(size: Int) {
    for receiver in 1..<size {
      let results = ThreadCommunicator.onRanks(size) { communicator in
        var bytes = [UInt8](repeating: UInt8(10 + communicator.rank), count: 3)
        bytes.withUnsafeMutableBytes { buffer in
          if let base = buffer.baseAddress {
            communicator.send(base, count: 3, from: 0, to: receiver)
          }
        }
        return bytes[2]
      }
      #expect(results == (0..<size).map { $0 == receiver ? 10 : UInt8(10 + $0) })
    }
  }

  @Test("gather values and sum numbers, with the same result on all of them", arguments: 1...4)
  func values(size: Int) {
    let results = ThreadCommunicator.onRanks(size) { communicator in
      (
        communicator.gather([Int32](repeating: Int32(communicator.rank), count: communicator.rank)),
        communicator.sum(0.1 * Double(communicator.rank + 1))
      )
    }
    for (lists, sum) in results {
      #expect(lists == (0..<size).map { [Int32](repeating: Int32($0), count: $0) })
      #expect(sum == (1...size).reduce(0) { $0 + 0.1 * Double($1) })
    }
  }

  @Test("a single process sends to itself")
  func single() {
    let communicator = SingleProcess()
    var received: [UInt8] = [0, 0, 0]
    communicator.allToAll(
      [1, 2, 3] as [UInt8], sendParts: [RankPart(offset: 1, count: 2)], into: &received,
      receiveParts: [RankPart(offset: 0, count: 2)])
    #expect(received == [2, 3, 0])
    #expect(communicator.largest(-7) == -7)
    #expect(communicator.broadcast([5]) == [5] && communicator.allGather([5]) == [[5]])
  }
}
