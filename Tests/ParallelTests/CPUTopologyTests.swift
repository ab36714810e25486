import Testing

@testable import Parallel

@Suite("The topology of the CPUs")
struct CPUTopologyTests {
  private static let cpuFolder = "/sys/devices/system/cpu"

  /// The files of two packages of one node, two cores of two threads each, and an L3 cache for each
  /// package: CPUs 0 to 3 are the cores' first threads, 4 to 7 their second ones.
  private static let twoPackages: [String: String] = {
    var files = ["\(cpuFolder)/online": "0-7\n"]
    for cpu in 0..<8 {
      let core = cpu % 4
      let package = core / 2
      let folder = "\(cpuFolder)/cpu\(cpu)"
      files["\(folder)/topology/core_cpus_list"] = "\(core),\(core + 4)\n"
      files["\(folder)/topology/physical_package_id"] = "\(package)\n"
      let ofPackage = "\(2 * package)-\(2 * package + 1),\(2 * package + 4)-\(2 * package + 5)\n"
      for (index, level, type, shared) in [
        (0, 1, "Data", "\(core),\(core + 4)\n"), (1, 1, "Instruction", "\(core),\(core + 4)\n"),
        (2, 2, "Unified", "\(core),\(core + 4)\n"), (3, 3, "Unified", ofPackage),
      ] {
        files["\(folder)/cache/index\(index)/level"] = "\(level)\n"
        files["\(folder)/cache/index\(index)/type"] = type + "\n"
        files["\(folder)/cache/index\(index)/shared_cpu_list"] = shared
      }
      files["/sys/devices/system/node/node\(package)/cpulist"] = ofPackage
    }
    // Memory without CPUs.
    files["/sys/devices/system/node/node2/cpulist"] = "\n"
    return files
  }()

  private func topology(_ files: [String: String], usable: [Int]) throws -> CPUTopology {
    let tree = try SystemTree(files)
    return CPUTopology.current(root: tree.root, usable: usable)
  }

  @Test("has each CPU's core, last cache, node and package, and which may be used")
  func complete() throws {
    let topology = try topology(Self.twoPackages, usable: [0, 1, 4, 6])
    let expected = (0..<8).map { cpu in
      CPUTopology.CPU(
        number: cpu, core: cpu % 4, cache: cpu % 4 / 2 * 2, node: cpu % 4 / 2,
        package: cpu % 4 / 2, isUsable: [0, 1, 4, 6].contains(cpu))
    }
    #expect(topology == CPUTopology(cpus: expected))
    #expect(topology.usableCPUs.map(\.number) == [0, 1, 4, 6])
    #expect(topology.usableCoreCount == 3)
    #expect(topology.usableNodes == [0, 1])
  }

  @Test("counts only what may be used")
  func usable() throws {
    let topology = try topology(Self.twoPackages, usable: [2, 3])
    #expect(topology.usableCoreCount == 2)
    #expect(topology.usableNodes == [1])
  }

  @Test("is read from the older name of the siblings' list if the newer is missing")
  func olderKernel() throws {
    let files = Dictionary(
      uniqueKeysWithValues: Self.twoPackages.map {
        ($0.key.replacing("core_cpus_list", with: "thread_siblings_list"), $0.value)
      })
    #expect(
      try topology(files, usable: [0]) == topology(Self.twoPackages, usable: [0]))
  }

  @Test("an instruction cache is not the last-level cache, however high its level")
  func instructionCache() throws {
    let files = [
      "\(Self.cpuFolder)/online": "0-1", "\(Self.cpuFolder)/cpu0/cache/index0/level": "1",
      "\(Self.cpuFolder)/cpu0/cache/index0/type": "Data",
      "\(Self.cpuFolder)/cpu0/cache/index0/shared_cpu_list": "0-1",
      "\(Self.cpuFolder)/cpu0/cache/index1/level": "2",
      "\(Self.cpuFolder)/cpu0/cache/index1/type": "Instruction",
      "\(Self.cpuFolder)/cpu0/cache/index1/shared_cpu_list": "0",
    ]
    #expect(try topology(files, usable: [0, 1]).cpus.map(\.cache) == [0, 0])
  }

  @Test("adds up the last caches, each once for all CPUs that share it")
  func cacheSizes() throws {
    var files = Self.twoPackages
    for cpu in 0..<8 {
      files["\(Self.cpuFolder)/cpu\(cpu)/cache/index2/size"] = "2048K\n"
      files["\(Self.cpuFolder)/cpu\(cpu)/cache/index3/size"] = "32M\n"
    }
    #expect(try topology(files, usable: [0]).lastCacheBytes == 64 << 20)
  }

  @Test(
    "knows no size of a cache where the kernel tells none, or not in a form that is known",
    arguments: [nil, "much", "K", "", "9999999999999999G"])
  func unknownCacheSize(size: String?) throws {
    var files = Self.twoPackages
    for cpu in 0..<8 { files["\(Self.cpuFolder)/cpu\(cpu)/cache/index3/size"] = size }
    let topology = try topology(files, usable: [0])
    #expect(topology.lastCacheBytes == nil)
    #expect(topology.guesses.isEmpty)
  }

  @Test("without files, every usable CPU is taken for a core on one node, which is reported")
  func nothingThere() throws {
    let topology = try topology([:], usable: [1, 2, 3, 6])
    #expect(
      topology.cpus
        == [1, 2, 3, 6].map { CPUTopology.CPU(number: $0, core: $0, cache: 1, node: 0, package: 0) }
    )
    #expect(
      topology.guesses == [
        "CPUs online: those usable (no /sys/devices/system/cpu/online)",
        "SMT siblings of CPUs 1-3,6: none: each CPU a core of its own (not told in "
          + "/sys/devices/system/cpu)",
        "the package of CPUs 1-3,6: 0 (not told in /sys/devices/system/cpu)",
        "the NUMA node of CPUs 1-3,6: 0 (not told in /sys/devices/system/node)",
        "the last cache of CPUs 1-3,6: one for each package and NUMA node (not told in "
          + "/sys/devices/system/cpu)",
      ])
  }

  @Test("an unknown cache is assumed to be shared by a package's part of a node")
  func unknownCache() throws {
    let files = Self.twoPackages.filter { !$0.key.contains("/cache/") }
    let topology = try topology(files, usable: Array(0..<8))
    #expect(topology.cpus.map(\.cache) == [0, 0, 2, 2, 0, 0, 2, 2])
    #expect(topology.guesses.count == 1)
  }

  @Test("a usable CPU is included even if Linux's list of online CPUs lacks it")
  func container() throws {
    var files = Self.twoPackages
    files["\(Self.cpuFolder)/online"] = "0-1\n"
    let topology = try topology(files, usable: [1, 6])
    #expect(topology.cpus.map(\.number) == [0, 1, 6])
    #expect(
      topology.guesses
        == ["CPUs online: with 6, which are usable (/sys/devices/system/cpu/online says 0-1)"])
  }

  @Test(
    "what makes no sense is guessed, and quoted",
    arguments: [
      ("cpu/online", "0-7x", "cpu/online: found `0-7x`, expected CPUs in the form"),
      ("cpu/online", "", "cpu/online: found ``, expected CPUs"),
      ("cpu/cpu2/topology/core_cpus_list", "2;6", "core_cpus_list: found `2;6`, expected CPUs"),
      ("cpu/cpu2/topology/physical_package_id", "x", "package_id: found `x`, expected a number"),
      ("cpu/cpu2/topology/physical_package_id", "-1", "the package of CPUs 2: 0 (not told in"),
      ("cpu/cpu2/cache/index3/level", "L3", "index3/level: found `L3`, expected a number"),
      ("cpu/cpu2/cache/index3/shared_cpu_list", "", "shared_cpu_list: found ``, expected CPUs"),
      ("node/node1/cpulist", "?", "node1/cpulist: found `?`, expected CPUs"),
      (
        "cpu/cpu2/topology/core_cpus_list", "0-1",
        "SMT siblings of CPUs 2: none: each CPU a core of its own (CPU 2's list is 0-1)"
      ),
    ])
  func malformed(file: String, content: String, message: String) throws {
    var files = Self.twoPackages
    files["/sys/devices/system/" + file] = content
    let topology = try topology(files, usable: Array(0..<8))
    #expect(topology.cpus.map(\.number) == Array(0..<8))
    #expect(topology.guesses.count == 1)
    #expect(topology.guesses.first?.contains(message) == true, "\(topology.guesses)")
  }

  @Test("this machine has one, with the CPUs of the affinity mask")
  func thisMachine() {
    let usable = UsableCPUs.current()
    let topology = CPUTopology.current()
    #expect(topology.usableCPUs.map(\.number) == usable.cpus)
    #expect((1...usable.cpus.count).contains(topology.usableCoreCount))
    #expect(topology.cpus.count >= usable.onlineCount)
  }
}
