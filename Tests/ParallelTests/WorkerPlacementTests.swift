import Testing

@testable import Parallel

@Suite("Which CPUs workers are bound to")
struct WorkerPlacementTests {
  /// Cores of two threads: the first ones are numbered before all second ones, as most kernels do.
  ///
  /// - Parameters:
  ///   - nodes: How many NUMA nodes.
  ///   - caches: Groups of cores with a cache for each node.
  ///   - cores: Cores of a group.
  ///   - threads: Threads of a core.
  ///   - usable: The CPUs that may be used; nil for all.
  /// - Returns: The machine.
  static func machine(
    nodes: Int, caches: Int, cores: Int, threads: Int = 2, usable: Set<Int>? = nil
  ) -> CPUTopology {
    let coreCount = nodes * caches * cores
    return CPUTopology(
      cpus: (0..<coreCount * threads).map { cpu in
        let core = cpu % coreCount
        return CPUTopology.CPU(
          number: cpu, core: core, cache: core / cores * cores, node: core / (caches * cores),
          package: 0, isUsable: usable?.contains(cpu) ?? true)
      })
  }

  @Test("none binds no worker")
  func none() {
    let machine = Self.machine(nodes: 1, caches: 1, cores: 2)
    #expect(WorkerPlacement.none.cpus(workers: 3, topology: machine) == nil)
  }

  /// Two nodes with two caches of two cores each: node 0 has the cores 0 to 3, whose second threads
  /// are 8 to 11.
  @Test(
    "compact fills core after core, then the second threads",
    arguments: [
      (1, [0]), (2, [0, 1]), (5, [0, 1, 2, 3, 4]), (8, [0, 1, 2, 3, 4, 5, 6, 7]),
      (9, [0, 8, 1, 2, 3, 4, 5, 6, 7]), (12, [0, 8, 1, 9, 2, 10, 3, 11, 4, 5, 6, 7]),
      (16, [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15]),
    ])
  func compact(workers: Int, expected: [Int]) {
    let machine = Self.machine(nodes: 2, caches: 2, cores: 2)
    #expect(WorkerPlacement.compact.cpus(workers: workers, topology: machine) == expected)
  }

  @Test(
    "spread takes as many cores of each node and cache, and keeps neighbors on a node",
    arguments: [
      (1, [0]), (2, [0, 4]), (3, [0, 2, 4]), (4, [0, 2, 4, 6]), (5, [0, 1, 2, 4, 6]),
      (6, [0, 1, 2, 4, 5, 6]), (8, [0, 1, 2, 3, 4, 5, 6, 7]),
      (10, [0, 8, 1, 2, 3, 4, 12, 5, 6, 7]), (12, [0, 8, 1, 2, 10, 3, 4, 12, 5, 6, 14, 7]),
      (16, [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15]),
    ])
  func spread(workers: Int, expected: [Int]) {
    let machine = Self.machine(nodes: 2, caches: 2, cores: 2)
    #expect(WorkerPlacement.spread.cpus(workers: workers, topology: machine) == expected)
  }

  @Test("a node with fewer usable cores contributes all of them")
  func unequalNodes() {
    let machine = Self.machine(
      nodes: 2, caches: 1, cores: 4, threads: 1, usable: [1, 4, 5, 6, 7])
    #expect(WorkerPlacement.spread.cpus(workers: 4, topology: machine) == [1, 4, 5, 6])
    #expect(WorkerPlacement.compact.cpus(workers: 3, topology: machine) == [1, 4, 5])
  }

  @Test("a core whose first thread may not be used is used by its second")
  func holes() {
    let machine = Self.machine(nodes: 1, caches: 1, cores: 4, usable: [1, 4, 5, 7])
    // Core 0 has CPU 4, core 1 has 1 and 5, core 3 has 7.
    #expect(WorkerPlacement.compact.cpus(workers: 3, topology: machine) == [4, 1, 7])
    #expect(WorkerPlacement.compact.cpus(workers: 4, topology: machine) == [4, 1, 5, 7])
  }

  @Test("if nodes are unknown, packages are used instead")
  func packages() {
    var machine = Self.machine(nodes: 1, caches: 2, cores: 2, threads: 1)
    for cpu in machine.cpus.indices { machine.cpus[cpu].package = cpu % 2 }
    #expect(WorkerPlacement.spread.cpus(workers: 4, topology: machine) == [0, 2, 1, 3])
    #expect(WorkerPlacement.spread.cpus(workers: 2, topology: machine) == [0, 1])
  }

  @Test(
    "with more workers than CPUs each has as many, or one more, and neighbors stay neighbors",
    arguments: [WorkerPlacement.compact, .spread], [5, 8, 9, 17, 63, 240])
  func oversubscribed(placement: WorkerPlacement, workers: Int) throws {
    let machine = Self.machine(nodes: 2, caches: 1, cores: 2, threads: 1)
    let cpus = try #require(placement.cpus(workers: workers, topology: machine))
    #expect(cpus.count == workers)
    #expect(cpus == cpus.sorted())
    let loads = (0..<4).map { cpu in cpus.count { $0 == cpu } }
    #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1)
    // The workers that are over are chosen like others.
    if workers == 5 { #expect(loads == [2, 1, 1, 1]) }
    if workers == 63, placement == .spread { #expect(loads == [16, 16, 16, 15]) }
  }

  @Test(
    "every worker has a usable CPU, and nodes differ by no more than one worker",
    arguments: [WorkerPlacement.compact, .spread])
  func everyCount(placement: WorkerPlacement) throws {
    let machine = Self.machine(nodes: 4, caches: 2, cores: 3)
    for workers in 1...100 {
      let cpus = try #require(placement.cpus(workers: workers, topology: machine))
      #expect(cpus.count == workers)
      let nodes = cpus.map { machine.cpus[$0].node }
      #expect(nodes == nodes.sorted())
      if placement == .spread {
        let loads = (0..<4).map { node in nodes.count { $0 == node } }
        #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1, "\(workers): \(loads)")
      }
    }
  }
}
