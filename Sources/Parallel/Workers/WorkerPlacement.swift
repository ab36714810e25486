/// Which CPUs workers are bound to.
package enum WorkerPlacement: String, Codable, Sendable, CaseIterable {
  /// Workers are not bound; the scheduler moves them as it likes.
  case none
  /// One core after the other, NUMA node by NUMA node.
  ///
  /// SMT siblings are used only when every core has a worker.
  case compact
  /// Equally many cores of every NUMA node, and of every group that shares a cache.
  ///
  /// SMT siblings are used only when every core has a worker.
  case spread

  /// Chooses the CPU of each worker.
  ///
  /// Neighboring workers process neighboring leaves. So the chosen CPUs are assigned node by
  /// node, cache by cache and core by core. With more workers than usable CPUs, the numbers of
  /// workers per CPU differ by at most one.
  ///
  /// - Parameters:
  ///   - workers: The number of workers.
  ///   - topology: The machine, with at least one usable CPU.
  /// - Returns: The CPU of worker i at index i; nil if workers are not bound.
  package func cpus(workers: Int, topology: CPUTopology) -> [Int]? {
    if self == .none { return nil }
    let seats = Self.seats(topology)
    precondition(!seats.isEmpty, "a worker needs a CPU")
    let (rounds, rest) = workers.quotientAndRemainder(dividingBy: seats.count)
    let chosen = [[Seat]](repeating: seats, count: rounds).joined() + choose(rest, of: seats)
    return chosen.sorted { $0.precedes($1) }.map(\.cpu)
  }

  /// A usable CPU and its position in the topology.
  private struct Seat {
    let cpu: Int
    /// The number of usable CPUs of its core that come before it.
    let rank: Int
    let node: [Int]
    let cache: [Int]
    /// Node, cache, core and rank.
    let position: [Int]

    func precedes(_ other: Seat) -> Bool {
      position.lexicographicallyPrecedes(other.position)
    }
  }

  private static func seats(_ topology: CPUTopology) -> [Seat] {
    var taken: [Int: Int] = [:]
    return topology.usableCPUs.map { cpu in
      let rank = taken[cpu.core, default: 0]
      taken[cpu.core] = rank + 1
      // If the nodes are unknown, packages are the next best.
      let node = [cpu.node, cpu.package]
      let cache = node + [cpu.cache]
      return Seat(
        cpu: cpu.number, rank: rank, node: node, cache: cache,
        position: cache + [cpu.core, rank])
    }.sorted { $0.precedes($1) }
  }

  /// Chooses seats: the first one of every core before the second one of any core.
  private func choose(_ count: Int, of seats: [Seat]) -> [Seat] {
    var chosen: [Seat] = []
    var rank = 0
    while chosen.count < count {
      let equals = seats.filter { $0.rank == rank }
      let wanted = min(count - chosen.count, equals.count)
      chosen += self == .compact ? Array(equals.prefix(wanted)) : Self.balanced(wanted, of: equals)
      rank += 1
    }
    return chosen
  }

  /// Chooses equally many seats of every node, and within a node of every cache.
  private static func balanced(_ count: Int, of seats: [Seat]) -> [Seat] {
    share(count, among: runs(of: seats, by: \.node)).flatMap { node, count in
      share(count, among: runs(of: node, by: \.cache)).flatMap { cache, count in
        cache.prefix(count)
      }
    }
  }

  /// Splits sorted seats where a key changes.
  private static func runs(of seats: [Seat], by key: (Seat) -> [Int]) -> [[Seat]] {
    var runs: [[Seat]] = []
    for seat in seats {
      if let last = runs.last?.last, key(last) == key(seat) {
        runs[runs.count - 1].append(seat)
      } else {
        runs.append([seat])
      }
    }
    return runs
  }

  /// Divides a number among groups as evenly as their sizes allow; the first groups get the
  /// remainder.
  private static func share(
    _ count: Int, among groups: [[Seat]]
  ) -> [(group: [Seat], count: Int)] {
    var counts = [Int](repeating: 0, count: groups.count)
    for _ in 0..<count {
      let open = groups.indices.filter { counts[$0] < groups[$0].count }
      guard let next = open.min(by: { counts[$0] < counts[$1] }) else {
        preconditionFailure("the groups have fewer seats than are wanted")
      }
      counts[next] += 1
    }
    return Array(zip(groups, counts)).map { (group: $0, count: $1) }
  }
}
