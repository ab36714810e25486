import Testing

@testable import Machine
@testable import Parallel

@Suite("The topology in text")
struct TopologyDrawingTests {
  private func machine(
    packages: Int, nodes: Int, caches: Int = 1, cores: Int, threads: Int,
    number: (_ core: Int, _ thread: Int, _ coreCount: Int) -> Int = { $1 * $2 + $0 },
    usable: ClosedRange<Int> = 0...10_000
  ) -> CPUTopology {
    let coreCount = packages * nodes * caches * cores
    let cpus = (0..<coreCount).flatMap { core in
      (0..<threads).map { thread in
        let cpu = number(core, thread, coreCount)
        return CPUTopology.CPU(
          number: cpu, core: number(core, 0, coreCount),
          cache: number(core / cores * cores, 0, coreCount), node: core / (caches * cores),
          package: core / (nodes * caches * cores), isUsable: usable.contains(cpu))
      }
    }
    return CPUTopology(cpus: cpus.sorted { $0.number < $1.number })
  }

  @Test("one CPU")
  func one() {
    #expect(
      TopologyDrawing(machine(packages: 1, nodes: 1, cores: 1, threads: 1)).lines == [
        "1 package, 1 NUMA node, 1 last cache, 1 core, 1 CPU",
        "package 0, node 0: [0]",
        "[...] share their last cache",
      ])
  }

  @Test("two cores without siblings")
  func two() {
    #expect(
      TopologyDrawing(machine(packages: 1, nodes: 1, cores: 2, threads: 1)).lines[1]
        == "package 0, node 0: [0-1]")
  }

  @Test("two packages of two nodes of eight cores of two threads")
  func siblings() {
    #expect(
      TopologyDrawing(machine(packages: 2, nodes: 2, cores: 8, threads: 2)).lines == [
        "2 packages, 4 NUMA nodes, 4 last caches, 32 cores, 64 CPUs",
        "package 0, node 0: [0+32..7+39]",
        "package 0, node 1: [8+40..15+47]",
        "package 1, node 2: [16+48..23+55]",
        "package 1, node 3: [24+56..31+63]",
        "[...] share their last cache; a+b are threads of one core",
      ])
  }

  @Test("siblings with neighboring numbers")
  func neighbors() {
    let topology = machine(packages: 1, nodes: 1, cores: 8, threads: 2) { 2 * $0 + $1 + 0 * $2 }
    #expect(TopologyDrawing(topology).lines[1] == "package 0, node 0: [0+1,2+3..14+15]")
  }

  @Test("numbers that alternate between packages")
  func interleaved() {
    let topology = machine(packages: 2, nodes: 1, cores: 4, threads: 1) { core, _, _ in
      core % 4 * 2 + core / 4
    }
    #expect(
      TopologyDrawing(topology).lines[1...2]
        == ["package 0, node 0: [0,2..6]", "package 1, node 1: [1,3..7]"])
  }

  @Test("an affinity mask with holes")
  func holes() {
    var topology = machine(packages: 1, nodes: 1, cores: 8, threads: 2)
    for cpu in [3, 11, 4, 6, 7, 15] { topology.cpus[cpu].isUsable = false }
    #expect(
      TopologyDrawing(topology).lines == [
        "1 package, 1 NUMA node, 1 last cache, 8 cores, 16 CPUs, 10 usable",
        "package 0, node 0: [0+8..2+10 (3)+(11) (4)+12 5+13 (6)+14 (7)+(15)]",
        "[...] share their last cache; a+b are threads of one core; (a) may not be used",
      ])
    topology = machine(packages: 1, nodes: 1, cores: 8, threads: 1, usable: 2...4)
    topology.cpus[7].isUsable = true
    #expect(
      TopologyDrawing(topology).lines[1] == "package 0, node 0: [(0),(1) 2-4 (5),(6) 7]")
  }

  @Test("missing cores in a run are not treated as a larger difference")
  func missingCores() {
    var topology = machine(packages: 1, nodes: 1, cores: 12, threads: 2)
    topology.cpus.removeAll { [1, 2, 3, 5, 10].contains($0.core) }
    #expect(
      TopologyDrawing(topology).lines[1]
        == "package 0, node 0: [0+12,4+16 6+18..9+21 11+23]")
  }

  @Test("256 CPUs take a few lines of at most 68 characters")
  func large() {
    let topology = machine(packages: 2, nodes: 1, caches: 8, cores: 8, threads: 2)
    #expect(
      TopologyDrawing(topology).lines == [
        "2 packages, 2 NUMA nodes, 16 last caches, 128 cores, 256 CPUs",
        "package 0, node 0: [0+128..7+135] [8+136..15+143] [16+144..23+151]",
        "  [24+152..31+159] [32+160..39+167] [40+168..47+175]",
        "  [48+176..55+183] [56+184..63+191]",
        "package 1, node 1: [64+192..71+199] [72+200..79+207]",
        "  [80+208..87+215] [88+216..95+223] [96+224..103+231]",
        "  [104+232..111+239] [112+240..119+247] [120+248..127+255]",
        "[...] share their last cache; a+b are threads of one core",
      ])
  }

  @Test("guesses are listed at the end")
  func guesses() {
    var topology = machine(packages: 1, nodes: 1, cores: 2, threads: 1)
    topology.guesses = ["the package of CPUs 0-1: 0 (not told)"]
    #expect(
      TopologyDrawing(topology).lines.last == "guessed the package of CPUs 0-1: 0 (not told)")
  }
}
