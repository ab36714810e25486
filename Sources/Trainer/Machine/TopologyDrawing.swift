import Parallel

/// A machine's processors as lines of text: a heading, one or more lines per NUMA node, and a
/// legend.
///
/// Cores are listed in runs. `0-7` are eight cores with one CPU each. `0+32..7+39` are eight cores
/// with two SMT threads each, the CPUs 0 and 32, 1 and 33, and so on. `0+1,2+3..14+15` are eight
/// cores with two neighboring CPUs each. Brackets enclose cores that share a last-level cache,
/// parentheses CPUs that may not be used.
package struct TopologyDrawing: Sendable {
  /// The lines, without line feeds.
  package let lines: [String]

  /// The largest width of a line, unless a single run is longer.
  private static let width = 68

  /// Draws the processors of a machine.
  ///
  /// - Parameter topology: The processors.
  package init(_ topology: CPUTopology) {
    var lines = [Self.heading(topology)]
    let cpus = topology.cpus
    var siblings = false
    for package in Self.sorted(cpus.map(\.package)) {
      for node in Self.sorted(cpus.filter { $0.package == package }.map(\.node)) {
        let ofNode = cpus.filter { $0.package == package && $0.node == node }
        let groups = Self.sorted(ofNode.map(\.cache)).map { cache in
          let cores = Self.cores(of: ofNode.filter { $0.cache == cache })
          if cores.contains(where: { $0.threads.count > 1 }) { siblings = true }
          return "[\(CoreRun.text(of: cores))]"
        }
        lines += Self.wrapped("package \(package), node \(node):", groups)
      }
    }
    var legend = ["[...] share their last cache"]
    if siblings { legend.append("a+b are threads of one core") }
    if cpus.contains(where: { !$0.isUsable }) { legend.append("(a) may not be used") }
    lines.append(legend.joined(separator: "; "))
    lines += topology.guesses.map { "guessed " + $0 }
    self.lines = lines
  }

  private static func heading(_ topology: CPUTopology) -> String {
    let cpus = topology.cpus
    func count(_ key: KeyPath<CPUTopology.CPU, Int>, _ noun: String) -> String {
      counted(Set(cpus.map { $0[keyPath: key] }).count, noun)
    }
    let parts = [
      count(\.package, "package"), count(\.node, "NUMA node"), count(\.cache, "last cache"),
      count(\.core, "core"), count(\.number, "CPU"),
    ]
    let usable = topology.usableCPUs.count
    return parts.joined(separator: ", ") + (usable == cpus.count ? "" : ", \(usable) usable")
  }

  private static func sorted(_ keys: [Int]) -> [Int] { Set(keys).sorted() }

  /// The cores of some CPUs, in the order of their first CPUs.
  private static func cores(of cpus: [CPUTopology.CPU]) -> [CoreRun.Core] {
    Dictionary(grouping: cpus, by: \.core).sorted { $0.key < $1.key }.map { core in
      CoreRun.Core(
        threads: core.value.map { CoreRun.Thread(cpu: $0.number, isUsable: $0.isUsable) })
    }
  }

  /// A title followed by words, on as many lines as needed.
  private static func wrapped(_ title: String, _ words: [String]) -> [String] {
    var lines = [title]
    for word in words {
      let longer = lines[lines.count - 1] + " " + word
      if longer.count <= width {
        lines[lines.count - 1] = longer
      } else {
        lines.append("  " + word)
      }
    }
    return lines
  }
}
