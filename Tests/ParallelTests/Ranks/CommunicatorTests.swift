import Parallel
import TestSupport
import Testing

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

  @Test("agree that a condition holds if it does on one of them", arguments: 1...4)
  func any(size: Int) {
    for holder in 0...size {
      let results = ThreadCommunicator.onRanks(size) { $0.any($0.rank == holder) }
      #expect(results == [Bool](repeating: holder < size, count: size))
    }
  }

  @Test("a single process sends itself what it sends")
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
