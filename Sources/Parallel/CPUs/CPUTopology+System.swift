import Foundation

extension CPUTopology {
  /// Reads the topology from the system.
  ///
  /// A container may hide any part of it: see ``guesses``.
  ///
  /// - Parameters:
  ///   - root: The folder to use as `/` when /sys is read.
  ///   - usable: The numbers of the CPUs that this process may use: ``UsableCPUs/cpus``.
  /// - Returns: The online CPUs and the usable ones.
  package static func current(
    root: String = "/", usable: [Int] = UsableCPUs.current().cpus
  ) -> CPUTopology {
    var reader = Reader(root: root)
    return reader.topology(usable: usable)
  }

  /// Reads /sys/devices/system.
  ///
  /// Source: the documents of Linux, ABI/stable/sysfs-devices-system-cpu,
  /// ABI/testing/sysfs-devices-system-cpu and admin-guide/cputopology.rst.
  private struct Reader {
    private static let cpuFolder = "/sys/devices/system/cpu"
    private static let nodeFolder = "/sys/devices/system/node"

    let root: String
    private var guesses: [String] = []
    /// The size in bytes of each last-level cache, by its first CPU.
    ///
    /// Unknown sizes are absent.
    private var cacheBytes: [Int: Int] = [:]

    init(root: String) {
      self.root = root
    }

    mutating func topology(usable: [Int]) -> CPUTopology {
      let numbers = online(usable: usable)
      let cores = groups(of: numbers) { reader, cpu in
        try reader.list(Self.topologyFile("core_cpus_list", cpu))
          // The name before Linux 5.3, still supported.
          ?? reader.list(Self.topologyFile("thread_siblings_list", cpu))
      } guess: { cpus in
        ("SMT siblings of \(cpus)", "none: each CPU a core of its own")
      }
      let packages = packages(of: numbers)
      let nodes = nodes(of: numbers)
      let caches = groups(of: numbers) { reader, cpu in
        try reader.readLastCache(of: cpu)
      } guess: { cpus in
        ("the last cache of \(cpus)", "one for each package and NUMA node")
      }
      let usable = Set(usable)
      return CPUTopology(
        cpus: numbers.map { cpu in
          let package = packages[cpu] ?? 0
          let node = nodes[cpu] ?? 0
          let cache =
            caches[cpu]
            ?? numbers.first {
              caches[$0] == nil && (packages[$0] ?? 0) == package && (nodes[$0] ?? 0) == node
            } ?? cpu
          return CPU(
            number: cpu, core: cores[cpu] ?? cpu, cache: cache, node: node, package: package,
            isUsable: usable.contains(cpu))
        }, guesses: guesses,
        lastCacheBytes: cacheBytes.isEmpty ? nil : cacheBytes.values.reduce(0, +))
    }

    /// The online CPUs.
    ///
    /// Usable CPUs are always among them, even if a container's file does not list them.
    private mutating func online(usable: [Int]) -> [Int] {
      let file = Self.cpuFolder + "/online"
      var reason = "no \(file)"
      do {
        if let online = try list(file) {
          let missing = Set(usable).subtracting(online)
          if missing.isEmpty { return online }
          reason = "\(file) says \(CPUList(online))"
          guesses.append("CPUs online: with \(CPUList(missing)), which are usable (\(reason))")
          return CPUList(online + missing).cpus
        }
      } catch {
        reason = error.description
      }
      guesses.append("CPUs online: those usable (\(reason))")
      return CPUList(usable).cpus
    }

    /// Groups CPUs by the lists that Linux gives for them.
    ///
    /// - Parameters:
    ///   - numbers: The CPUs.
    ///   - list: Reads the list of one CPU; nil if the system has none.
    ///   - guess: What is unknown about some CPUs, and what is assumed instead.
    /// - Returns: For each CPU, the first CPU of its group. CPUs without a list are absent.
    private mutating func groups(
      of numbers: [Int], list: (inout Reader, Int) throws -> [Int]?,
      guess: (_ cpus: String) -> (what: String, instead: String)
    ) -> [Int: Int] {
      var groups: [Int: Int] = [:]
      var unknown: [Int] = []
      var reason = "not told in \(Self.cpuFolder)"
      // Every CPU of a group has the same list, so one is read.
      for cpu in numbers where groups[cpu] == nil {
        do {
          if let group = try list(&self, cpu) {
            if group.contains(cpu) {
              for member in group where groups[member] == nil && !unknown.contains(member) {
                groups[member] = group[0]
              }
              continue
            }
            reason = "CPU \(cpu)'s list is \(CPUList(group))"
          }
        } catch {
          reason = "\(error)"
        }
        unknown.append(cpu)
      }
      if !unknown.isEmpty {
        let guess = guess("CPUs \(CPUList(unknown))")
        guesses.append("\(guess.what): \(guess.instead) (\(reason))")
      }
      return groups
    }

    private mutating func packages(of numbers: [Int]) -> [Int: Int] {
      var packages: [Int: Int] = [:]
      var unknown: [Int] = []
      var reason = "not told in \(Self.cpuFolder)"
      for cpu in numbers {
        do {
          // Linux writes -1 if it does not know the package.
          if let package = try number(in: Self.topologyFile("physical_package_id", cpu)),
            package >= 0
          {
            packages[cpu] = package
          } else {
            unknown.append(cpu)
          }
        } catch {
          unknown.append(cpu)
          reason = error.description
        }
      }
      if !unknown.isEmpty {
        guesses.append("the package of CPUs \(CPUList(unknown)): 0 (\(reason))")
      }
      return packages
    }

    private mutating func nodes(of numbers: [Int]) -> [Int: Int] {
      var nodes: [Int: Int] = [:]
      var reason = "not told in \(Self.nodeFolder)"
      for node in numbered("node", in: Self.nodeFolder) {
        do {
          for cpu in try list("\(Self.nodeFolder)/node\(node)/cpulist", isEmptyAllowed: true) ?? []
          {
            nodes[cpu] = node
          }
        } catch {
          reason = error.description
        }
      }
      let unknown = numbers.filter { nodes[$0] == nil }
      if !unknown.isEmpty {
        guesses.append("the NUMA node of CPUs \(CPUList(unknown)): 0 (\(reason))")
      }
      return nodes
    }

    /// The CPUs that share the highest-level data cache; also records its size.
    private mutating func readLastCache(of cpu: Int) throws(SystemFile.Problem) -> [Int]? {
      let folder = "\(Self.cpuFolder)/cpu\(cpu)/cache"
      var last: (level: Int, folder: String)?
      for index in numbered("index", in: folder) {
        let folder = "\(folder)/index\(index)"
        guard let level = try number(in: folder + "/level"), level > last?.level ?? 0,
          try SystemFile.text(folder + "/type", root: root)?.hasPrefix("Instruction") == false
        else { continue }
        last = (level, folder)
      }
      guard let last, let sharers = try list(last.folder + "/shared_cpu_list") else { return nil }
      let size = SystemFile.textIfReadable(last.folder + "/size", root: root)
      cacheBytes[sharers[0]] = size.flatMap(Self.bytes)
      return sharers
    }

    /// Parses a cache size in Linux's format, for example `2048K`.
    private static func bytes(of text: String) -> Int? {
      guard let unit = text.last, let factor = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30][unit]
      else { return Int(text) }
      guard let bytes = Int(text.dropLast())?.multipliedReportingOverflow(by: factor) else {
        return nil
      }
      return bytes.overflow ? nil : bytes.partialValue
    }

    /// The numbers N of a folder's entries named `PREFIXN`, ascending; empty if the folder cannot
    /// be read.
    ///
    /// The files that are missed then are reported as guesses.
    private func numbered(_ prefix: String, in folder: String) -> [Int] {
      let entries: [String]
      do {
        entries = try FileManager.default.contentsOfDirectory(atPath: root + folder)
      } catch {
        return []
      }
      return entries.filter { $0.hasPrefix(prefix) }
        .compactMap { Int($0.dropFirst(prefix.count)) }.sorted()
    }

    /// The CPU list in a file; nil if there is no such file.
    private func list(
      _ file: String, isEmptyAllowed: Bool = false
    ) throws(SystemFile.Problem) -> [Int]? {
      guard let text = try SystemFile.text(file, root: root) else { return nil }
      guard let list = CPUList(text: text), isEmptyAllowed || !list.cpus.isEmpty else {
        throw SystemFile.Problem(file, found: text, expected: "CPUs in the form `0-3,8,10-11`")
      }
      return list.cpus
    }

    /// The number in a file; nil if there is no such file.
    private func number(in file: String) throws(SystemFile.Problem) -> Int? {
      guard let text = try SystemFile.text(file, root: root) else { return nil }
      guard let number = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw SystemFile.Problem(file, found: text, expected: "a number")
      }
      return number
    }

    private static func topologyFile(_ name: String, _ cpu: Int) -> String {
      "\(cpuFolder)/cpu\(cpu)/topology/\(name)"
    }
  }
}
