import Testing

@testable import Scaling

@Suite("Workers without work")
struct IdleWorkersTests {
  @Test("none if there is a unit for each", arguments: [1, 2, 63, 64])
  func busy(workers: Int) {
    #expect(IdleWorkers(batchSize: 512, unitRows: 8, workers: workers) == nil)
  }

  @Test("the last unit may be short")
  func shortUnit() throws {
    #expect(IdleWorkers(batchSize: 17, unitRows: 8, workers: 3) == nil)
    #expect(try #require(IdleWorkers(batchSize: 17, unitRows: 8, workers: 4)).unitCount == 3)
  }

  @Test("a larger batch has a unit for each")
  func larger() throws {
    let idle = try #require(IdleWorkers(batchSize: 512, unitRows: 8, workers: 100))
    #expect(idle.unitCount == 64)
    let size = try #require(idle.largerBatchSize)
    #expect(IdleWorkers(batchSize: size, unitRows: 8, workers: 100) == nil)
    #expect(IdleWorkers(batchSize: size - 8, unitRows: 8, workers: 100) != nil)
  }
}
