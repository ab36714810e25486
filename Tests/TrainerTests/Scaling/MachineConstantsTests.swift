import Testing

@testable import Machine
@testable import Parallel
@testable import Scaling
@testable import Training

@Suite("Machine constants")
struct MachineConstantsTests {
  @Test("are interpolated linearly between counts with a core per worker")
  func interpolation() throws {
    var setup = ModelSetup()
    setup.cores = 8
    setup.peak = [1: 100, 4: 400, 8: 400, 16: 100]
    setup.barriers = [1: 1, 4: 4, 8: 12, 16: 1_000]
    setup.bandwidth = [1: 10, 4: 25, 8: 10 * 8 / 3.0, 16: 1]
    let machine = try setup.machine()
    #expect(isNear(machine.slowdown(active: 4), 1))
    #expect(isNear(machine.slowdown(active: 6), 1.5))
    #expect(isNear(machine.slowdown(active: 64), 2))
    #expect(isNear(machine.barrierSeconds(workers: 2), 2))
    #expect(isNear(machine.barrierSeconds(workers: 10), 16))
    #expect(machine.barrierSeconds(workers: 16) == 1_000)
    // 8 cores reach 8 / 3 of one: s = (3 - 1) / 7, and never more than 1 / s.
    #expect(isNear(machine.memoryBandwidth(active: 8), 80 / 3.0))
    #expect(isNear(machine.memoryBandwidth(active: 64), 640 / (1 + 63 * 2 / 7.0)))
  }

  @Test("have barriers that never take longer with fewer workers")
  func monotone() throws {
    var setup = ModelSetup()
    setup.cores = 4
    setup.peak = [1: 100, 2: 200, 4: 400, 8: 400]
    setup.barriers = [1: 1, 2: 130, 4: 4, 8: 3]
    setup.bandwidth = [1: 1, 2: 1, 4: 1, 8: 1]
    let machine = try setup.machine()
    #expect((1...16).map { machine.barrierSeconds(workers: $0) }.prefix(4) == [1, 3, 3, 3])
    #expect(machine.barrierSeconds(workers: 8) == 3)
  }

  @Test("use the given memory bandwidth, as far as the number of cores allows")
  func givenMemory() throws {
    var setup = ModelSetup()
    setup.cores = 2
    setup.bandwidth = [1: 10, 2: 11]
    var machine = try setup.machine()
    machine.givenMemoryBandwidth = 100
    #expect(machine.memoryBandwidth(active: 4) == 40)
    #expect(machine.memoryBandwidth(active: 64) == 100)
  }

  @Test("are medians over the processes with equal workers, and the minimum for barriers")
  func medians() throws {
    let setup = ModelSetup()
    var point = setup.point()
    point.measurements = [30.0, 10, 20].map { rate in
      TrainingMeasurement(
        configuration: point.configuration, pin: .none, warmUpSteps: 0, steps: 1, samples: 1,
        seconds: 1, digestStep: 1, digest: "", flopsPerSample: 1, stages: point.stages,
        probe: MachineProbe(
          peakGigaflops: rate, barrierSeconds: rate, memoryBandwidth: rate),
        interference: Interference(
          ownCPUs: 1, otherCPUs: nil, stolenCPUs: nil, throttledSeconds: nil))
    }
    let machine = try MachineConstants(
      series: [setup.series([point])], cores: 2, cacheBytes: 0)
    #expect(
      machine.probes == [
        1: MachineProbe(peakGigaflops: 20, barrierSeconds: 10, memoryBandwidth: 20)
      ])
  }

  @Test("need those of one worker, rates above 0, and line costs of at least 0")
  func refusals() {
    var setup = ModelSetup()
    setup.peak[1] = nil
    let missing = #expect(throws: TrainerError.self) { _ = try setup.machine() }
    #expect(missing?.code == .usage)
    #expect(missing?.description.contains("`threads` has 2") == true)
    for rate in [0, -1, Double.nan] {
      var broken = ModelSetup()
      broken.bandwidth[2] = rate
      let error = #expect(throws: TrainerError.self) { _ = try broken.machine() }
      #expect(error?.code == .badData)
      #expect(error?.description.contains("probe of 2 workers") == true)
    }
    for seconds in [nil, -1, Double.nan] {
      var broken = ModelSetup()
      broken.lineTransferSeconds = seconds
      let error = #expect(throws: TrainerError.self) { _ = try broken.machine() }
      #expect(error?.code == .badData)
      #expect(error?.description.contains("2 workers has line_transfer_seconds") == true)
    }
  }
}
