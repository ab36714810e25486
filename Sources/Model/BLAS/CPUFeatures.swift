import Foundation

/// The features of the machine's CPUs, by the names of the Linux kernel.
package struct CPUFeatures: Sendable, Equatable {
  /// The flags that all CPUs of the machine have, for example `avx2` or `asimd`.
  package let flags: Set<String>
  /// The name of the CPU model; nil if it is not known.
  package let modelName: String?

  /// Parses the kernel's description of the CPUs.
  ///
  /// - Parameter cpuInfo: The content of /proc/cpuinfo.
  package init(cpuInfo: String) {
    var flags: Set<String>?
    var lastList: Substring?
    var values: [String: String] = [:]
    for line in cpuInfo.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].trimmingCharacters(in: .whitespaces)
      if key == "flags" || key == "Features" {
        let list = line[line.index(after: colon)...]
        // The same line is repeated for each CPU, of which there may be hundreds.
        if list == lastList { continue }
        lastList = list
        let names = Set(list.split(separator: " ").map(String.init))
        flags = flags?.intersection(names) ?? names
      } else if ["model name", "CPU implementer", "CPU part"].contains(key), values[key] == nil {
        values[key] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    }
    self.flags = flags ?? []
    if let name = values["model name"] {
      modelName = name
    } else if let implementer = values["CPU implementer"], let part = values["CPU part"] {
      modelName = "implementer \(implementer), part \(part)"
    } else {
      modelName = nil
    }
  }

  /// Reads the features of this machine.
  ///
  /// - Returns: The features.
  /// - Throws: Foundation's error if /proc/cpuinfo cannot be read.
  package static func current() throws -> CPUFeatures {
    CPUFeatures(cpuInfo: try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))
  }

  /// The highest level of x86-64 that the flags cover, 1 to 4; nil for other CPUs.
  package var x86Level: Int? {
    guard flags.contains("lm") else { return nil }
    return 1 + Self.x86Levels.prefix { flags.isSuperset(of: $0) }.count
  }

  /// The flags that a CPU lacks for a level of x86-64.
  ///
  /// - Parameter level: The level, 1 to 4.
  /// - Returns: The flags of this and all lower levels that are missing, by level and name.
  package func missing(forX86Level level: Int) -> [String] {
    Self.x86Levels.prefix(level - 1).flatMap { $0.subtracting(flags).sorted() }
  }

  /// The flags that levels 2, 3 and 4 add, by the kernel's names.
  ///
  /// Source: the x86-64 psABI.
  private static let x86Levels: [Set<String>] = [
    ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
    ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"],
    ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
  ]
}
