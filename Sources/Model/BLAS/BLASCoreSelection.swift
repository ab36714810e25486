import Files
import Foundation

/// The origin of the choice of OpenBLAS's core.
package enum BLASCoreOrigin: String, Sendable, Codable {
  /// OpenBLAS chose the core.
  case automatic
  /// This program chose the core, because OpenBLAS did not recognize the CPU.
  case corrected
  /// The user chose the core with an option.
  case option
  /// The user chose the core with the environment variable.
  case environment
}

/// Selects the core of OpenBLAS, from facts about this process.
///
/// OpenBLAS selects its core when it is loaded, by the CPU or by `OPENBLAS_CORETYPE`. It cannot
/// change the core later; to use another one, it must be loaded again.
package struct BLASCoreSelection: Sendable, Equatable {
  /// The environment variable that OpenBLAS reads.
  package static let variable = "OPENBLAS_CORETYPE"

  /// The core in use.
  let active: String
  /// The value of `OPENBLAS_CORETYPE`; nil if it is not set.
  let environment: String?
  /// The core that this program requested; nil if it requested none.
  let choice: OpenBLAS.Choice?
  /// The features of the CPU; nil if they are not known.
  let features: CPUFeatures?
  /// Whether OpenBLAS was built with several cores.
  let isDynamic: Bool
  /// Whether the CPU is an x86-64 CPU; the cores for other CPUs are not known here.
  let isX86: Bool

  #if arch(x86_64)
    private static let runsOnX86 = true
  #else
    private static let runsOnX86 = false
  #endif

  /// The features of the CPU; nil if they cannot be read.
  ///
  /// Without them, OpenBLAS's own choice is not corrected.
  private static var features: CPUFeatures? {
    if case .success(let current) = Result(catching: CPUFeatures.current) { return current }
    return nil
  }

  /// Collects the facts about this process; loads OpenBLAS if it is not loaded.
  ///
  /// - Returns: The selection.
  package static func current() -> BLASCoreSelection {
    BLASCoreSelection(
      active: OpenBLAS.coreName, environment: ProcessInfo.processInfo.environment[variable],
      choice: OpenBLAS.choice, features: features, isDynamic: OpenBLAS.selectsCoreAtLoad,
      isX86: runsOnX86)
  }

  /// Loads OpenBLAS with the right core.
  ///
  /// The option has priority over the environment variable, and the variable over a correction. No
  /// other thread may use OpenBLAS during the call.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: The facts after loading.
  /// - Throws: ``BLASCoreError`` if the name is unknown, or this CPU cannot run the core;
  ///   ``OpenBLASError`` or `SystemRefusal` if the library cannot be loaded.
  package static func load(option: String?) throws -> BLASCoreSelection {
    if let option {
      let name = try checked(option, features: features, isX86: runsOnX86)
      try OpenBLAS.load(core: name, origin: .option)
      return current()
    }
    try OpenBLAS.load()
    let selection = current()
    guard let correction = selection.correction else { return selection }
    try OpenBLAS.load(core: correction, origin: .corrected)
    return current()
  }

  /// The origin of the choice of the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: The origin; `.option` if there is an option, even if its core was already in use.
  package func origin(option: String?) -> BLASCoreOrigin {
    if option != nil { return .option }
    return choice?.origin ?? (environment == nil ? .automatic : .environment)
  }

  /// The core to use instead of OpenBLAS's own choice; nil if the choice is right.
  ///
  /// A choice without AVX on a CPU with at least AVX2 means that OpenBLAS did not recognize the
  /// CPU. Only such a choice is corrected. The environment variable is never overridden.
  var correction: String? {
    guard choice == nil, environment == nil, isDynamic, let features,
      let core = BLASCore.named(active), core.generation < .avx,
      let best = BLASCore.best(for: features), best.generation >= .avx2
    else { return nil }
    return best.name
  }

  /// A warning about the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: One line, if OpenBLAS uses another core than requested, or the requested core is
  ///   for older CPUs; otherwise nil.
  package func warning(option: String?) -> Message? {
    let origin = origin(option: option)
    guard let wanted = option ?? choice?.core ?? environment, !wanted.isEmpty else { return nil }
    let source: Message =
      switch origin {
      case .option: "\(setting: "blas-core") \(wanted)"
      case .environment: "\(Self.variable)=\(wanted)"
      case .corrected, .automatic: "the core \(wanted), which suits this CPU,"
      }
    if wanted.lowercased() != active.lowercased() {
      let why =
        isDynamic
        ? "it does not have that core, or not for this CPU" : "it was built for one core only"
      return "OpenBLAS uses the core \(active) although \(source) requests another: \(why)"
    }
    guard let core = BLASCore.named(active), let features,
      let best = BLASCore.best(for: features), core.generation < best.generation
    else { return nil }
    return "\(source) makes OpenBLAS use \(core.generation.name) on a CPU with "
      + "\(best.generation.name); \(best.name) would be faster, but change the last bits of results"
  }

  /// Checks whether a core can be used.
  ///
  /// - Parameters:
  ///   - option: The name from the command line, in upper or lower case.
  ///   - features: The features of the CPU; nil if they are not known.
  ///   - isX86: Whether the CPU is an x86-64 CPU; otherwise nothing is checked.
  /// - Returns: The name as OpenBLAS spells it.
  /// - Throws: ``BLASCoreError`` if the name is unknown, or the CPU cannot run the core.
  static func checked(
    _ option: String, features: CPUFeatures?, isX86: Bool
  ) throws(BLASCoreError) -> String {
    // Other CPUs have other cores. There, OpenBLAS's core is compared with the option after
    // loading.
    guard isX86 else { return option }
    guard let core = BLASCore.named(option) else { throw BLASCoreError.unknownName(option) }
    if let missing = features.map(core.missing(in:)), !missing.isEmpty {
      throw BLASCoreError.missingInstructions(core: core.name, flags: missing)
    }
    return core.name
  }
}
