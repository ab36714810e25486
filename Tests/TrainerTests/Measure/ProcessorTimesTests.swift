import Testing

@testable import Scaling

@Suite("Processor times")
struct ProcessorTimesTests {
  private static let stat = """
    cpu  300 30 60 9000 12 6 9 15 0 0
    cpu0 100 10 20 3000 4 2 3 5 0 0
    cpu1 200 20 40 6000 8 4 6 10 0 0
    intr 12345
    """

  @Test("are those of the given CPUs, without idle time and waiting")
  func sum() throws {
    let one = try #require(ProcessorTimes.sum(Self.stat, cpus: [1], ticksPerSecond: 100))
    #expect(one.busy == 2.7)
    #expect(one.stolen == 0.1)
    let both = try #require(ProcessorTimes.sum(Self.stat, cpus: [0, 1], ticksPerSecond: 100))
    #expect(both.busy == 4.05)
  }

  @Test("are unknown if a CPU has no line, or one that is too short")
  func unknown() {
    #expect(ProcessorTimes.sum(Self.stat, cpus: [0, 2], ticksPerSecond: 100) == nil)
    #expect(ProcessorTimes.sum("cpu0 1 2 3\n", cpus: [0], ticksPerSecond: 100) == nil)
    #expect(ProcessorTimes.sum("cpu0 1 2 3 4 5 6 x 8\n", cpus: [0], ticksPerSecond: 100) == nil)
  }

  @Test("of a quota are read in the format of either cgroup version")
  func throttled() {
    #expect(ProcessorTimes.throttledSeconds("nr_throttled 3\nthrottled_usec 2500000\n") == 2.5)
    #expect(ProcessorTimes.throttledSeconds("nr_throttled 3\nthrottled_time 1500000000") == 1.5)
    #expect(ProcessorTimes.throttledSeconds("nr_periods 3\n") == nil)
  }

  @Test("give average CPUs between two moments, never negative for others")
  func interference() {
    let start = ProcessorTimes(clock: 10, own: 1, busy: 5, stolen: 0, throttled: 1)
    let end = ProcessorTimes(clock: 12, own: 4, busy: 8.5, stolen: 0.5, throttled: 1.25)
    let interference = end.interference(since: start)
    #expect(interference.ownCPUs == 1.5)
    #expect(interference.otherCPUs == 0.25)
    #expect(interference.stolenCPUs == 0.25)
    #expect(interference.throttledSeconds == 0.25)
    let quiet = ProcessorTimes(clock: 12, own: 4, busy: 7.99, stolen: nil, throttled: nil)
      .interference(since: start)
    #expect(quiet.otherCPUs == 0)
    #expect(quiet.stolenCPUs == nil && quiet.throttledSeconds == nil)
  }
}
