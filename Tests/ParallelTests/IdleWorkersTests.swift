import Testing

@testable import Parallel

@Suite("Workers without work")
struct IdleWorkersTests {
  @Test("none if there is a unit for each", arguments: [1, 2, 63, 64])
  func busy(threads: Int) {
    #expect(IdleWorkers(batchSize: 512, unitRows: 8, threads: threads) == nil)
  }

  @Test("the last unit may be short")
  func shortUnit() throws {
    #expect(IdleWorkers(batchSize: 17, unitRows: 8, threads: 3) == nil)
    #expect(try #require(IdleWorkers(batchSize: 17, unitRows: 8, threads: 4)).busyCount == 3)
  }

  @Test("ranks have whole blocks")
  func ranks() throws {
    let idle = try #require(IdleWorkers(batchSize: 128, unitRows: 8, ranks: 4, threads: 2))
    #expect(idle.workerCount == 8 && idle.busyCount == 4)
    #expect(idle.largerBatchSize == 256)
    #expect(IdleWorkers(batchSize: 256, unitRows: 8, ranks: 4, threads: 8) == nil)
  }

  @Test("a larger batch has work for each", arguments: [1, 3])
  func larger(ranks: Int) throws {
    let idle = try #require(IdleWorkers(batchSize: 512, unitRows: 8, ranks: ranks, threads: 100))
    let size = try #require(idle.largerBatchSize)
    #expect(IdleWorkers(batchSize: size, unitRows: 8, ranks: ranks, threads: 100) == nil)
    #expect(
      IdleWorkers(batchSize: size - 64 * ranks, unitRows: 8, ranks: ranks, threads: 100) != nil)
  }
}
