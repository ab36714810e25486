import TestSupport
import Testing

@testable import Scaling

@Suite("The link between ranks")
struct LinkProbeTests {
  @Test("is measured the same on all ranks' terms, with a cost for every message", arguments: 2...3)
  func measure(size: Int) throws {
    let links = ThreadCommunicator.onRanks(size) { LinkProbe.measure($0) }
    #expect(links.count == size)
    let link = try #require(links.first)
    #expect(link.ranks == size)
    #expect(link.latency > 0)
    #expect(link.bytesPerSecond > 1e6)
    #expect(link.allToAll.map(\.bytes) == [1 << 10, 1 << 13, 1 << 16, 1 << 19, 1 << 22])
    #expect(link.allToAll.allSatisfy { $0.seconds > 0 })
  }
}
