import Foundation

/// What the processor can do, by the kernel's names for it.
package struct CPUFeatures: Sendable, Equatable {
  /// The flags that every CPU of the machine has: `avx2`, `asimd`.
  package let flags: Set<String>
  /// The processor's name; nil where the kernel gives none.
  package let modelName: String?

  /// Reads the kernel's description.
  ///
  /// - Parameter cpuInfo: The text of /proc/cpuinfo.
  package init(cpuInfo: String) {
    var flags: Set<String>?
    var lastList: Substring?
    var values: [String: String] = [:]
    for line in cpuInfo.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].trimmingCharacters(in: .whitespaces)
      if key == "flags" || key == "Features" {
        let list = line[line.index(after: colon)...]
        // The same line stands there once for each of hundreds of CPUs.
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

  /// Reads this machine's description.
  ///
  /// - Returns: The features.
  /// - Throws: Foundation's error where /proc/cpuinfo cannot be read.
  package static func current() throws -> CPUFeatures {
    CPUFeatures(cpuInfo: try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))
  }

  /// The highest level of x86-64 that the flags cover, 1 to 4; nil where they are not of x86-64.
  package var x86Level: Int? {
    guard flags.contains("lm") else { return nil }
    return 1 + Self.x86Levels.prefix { flags.isSuperset(of: $0) }.count
  }

  /// What levels 2, 3 and 4 add, in the kernel's words.
  ///
  /// Source: the x86-64 psABI.
  private static let x86Levels: [Set<String>] = [
    ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
    ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"],
    ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
  ]
}
