import TestSupport
import Testing

@testable import Machine
@testable import Parallel
@testable import Scaling

@Suite("A probe of the machine")
struct MachineProbeTests {
  @Test("times barriers, also if workers share a core", arguments: [1, 2, 5])
  func barriers(workers: Int) {
    let seconds = BarrierProbe.seconds(
      team: .started(workers), seconds: 0.01)
    #expect(seconds > 0 && seconds < 1)
  }

  @Test("finds a bandwidth of memory, however little of it there is", arguments: [0, 64 << 20])
  func bandwidth(arrayBytes: Int) {
    let rate = BandwidthProbe.bytesPerSecond(
      team: .started(2), arrayBytes: arrayBytes, seconds: 0.01)
    #expect(rate > 0 && rate.isFinite)
  }

  @Test("uses twice the caches, at least 32 MiB per worker, and at most a quarter of memory")
  func arrays() {
    let mebibyte = 1 << 20
    func bytes(_ workers: Int, cache: Int?, available: Int?) -> Int {
      BandwidthProbe.arrayBytes(workers: workers, cacheBytes: cache, availableBytes: available)
        / mebibyte
    }
    #expect(bytes(2, cache: 260 * mebibyte, available: nil) == 520)
    #expect(bytes(64, cache: 260 * mebibyte, available: nil) == 64 * 32)
    #expect(bytes(2, cache: 260 * mebibyte, available: 400 * mebibyte) == 100)
    #expect(bytes(1, cache: nil, available: nil) == 128)
  }

  @Test("counts with the memory of the machine, or of a smaller limit")
  func availableBytes() {
    var machine = Machine.current(usable: .current())
    func available(_ memory: UInt64?, _ limit: UInt64?, used: Int = 0) -> Int? {
      machine.memoryAvailable = memory
      return MachineProbe.availableBytes(
        of: machine, limit: limit.map { MemoryLimit(bytes: $0, source: "a cgroup's file") },
        usedBytes: used)
    }
    #expect(available(1000, nil) == 1000)
    #expect(available(1000, 400) == 400)
    #expect(available(1000, .max) == 1000)
    #expect(available(nil, 400) == 400)
    #expect(available(nil, nil) == nil)
    #expect(available(1000, 400, used: 300) == 100)
    #expect(available(1000, 400, used: 500) == 0)
    #expect(available(1000, nil, used: 500) == 1000)
  }

  @Test("has all four figures of a team; one worker shares no lines")
  func whole() {
    let team = WorkerTeam.started(2)
    let probe = MachineProbe.measure(
      team: team, machine: .current(), cacheBytes: 1 << 20, usedBytes: 0,
      sharing: .measure(team: team))
    #expect(probe.peakGigaflops ?? 0 > 0)
    #expect(probe.barrierSeconds > 0)
    #expect(probe.memoryBandwidth > 0)
    #expect((probe.lineTransferSeconds ?? -1) >= 0)
    let alone = WorkerTeam.started(1)
    #expect(TransferProbe.lineSeconds(team: alone, seconds: 0.01) == nil)
  }
}
