import Foundation

/// Who chose the core that OpenBLAS computes with.
package enum BLASCoreOrigin: String, Sendable, Codable {
  /// OpenBLAS itself.
  case automatic
  /// This program, because OpenBLAS did not know the CPU.
  case corrected
  /// The command line.
  case option
  /// The user's variable.
  case environment
}

/// Which core OpenBLAS should compute with: the facts of this process, and the policy.
///
/// OpenBLAS takes its core when it is loaded, from the CPU or from `OPENBLAS_CORETYPE`, and never
/// changes it: for another core it is loaded again.
package struct BLASCoreSelection: Sendable, Equatable {
  /// The variable that OpenBLAS reads.
  package static let variable = "OPENBLAS_CORETYPE"

  /// The core in use.
  let active: String
  /// The value of `OPENBLAS_CORETYPE`; nil where it is not set.
  let environment: String?
  /// What this program told OpenBLAS to take; nil where it told nothing.
  let choice: OpenBLAS.Choice?
  /// What the CPU can do; nil where the kernel does not say.
  let features: CPUFeatures?
  /// Whether OpenBLAS was built with several cores to choose from.
  let isDynamic: Bool
  /// Whether the CPU is an x86-64: only its cores are known here.
  let isX86: Bool

  #if arch(x86_64)
    private static let runsOnX86 = true
  #else
    private static let runsOnX86 = false
  #endif

  /// What the CPU can do; nil where the kernel does not say: nothing is corrected then, and OpenBLAS's
  /// own choice stands.
  private static var features: CPUFeatures? {
    if case .success(let current) = Result(catching: CPUFeatures.current) { return current }
    return nil
  }

  /// The facts of this process.
  ///
  /// - Returns: The selection.
  package static func current() -> BLASCoreSelection {
    BLASCoreSelection(
      active: OpenBLAS.coreName, environment: ProcessInfo.processInfo.environment[variable],
      choice: OpenBLAS.choice, features: features, isDynamic: OpenBLAS.choosesCoreAtStart,
      isX86: runsOnX86)
  }

  /// Loads OpenBLAS with the core that it should compute with.
  ///
  /// No other thread may use it meanwhile. A name given wins over the variable; the variable over
  /// everything else.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: The facts then.
  /// - Throws: ``BLASCoreError`` for a name that is unknown, or a core that this CPU cannot run;
  ///   ``OpenBLASError`` or `SystemRefusal` where the library cannot be loaded.
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

  /// Who chose the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: `.option` also where the core that it names was in use already.
  package func origin(option: String?) -> BLASCoreOrigin {
    if option != nil { return .option }
    return choice?.origin ?? (environment == nil ? .automatic : .environment)
  }

  /// The core to use instead of OpenBLAS's own choice; nil where that stands.
  ///
  /// It is corrected only where it has no AVX and the CPU has AVX2 at least: OpenBLAS then did not know
  /// the CPU. A variable that is set is never overridden.
  var correction: String? {
    guard choice == nil, environment == nil, isDynamic, let features,
      let core = BLASCore.named(active), core.generation < .avx,
      let best = BLASCore.best(for: features), best.generation >= .avx2
    else { return nil }
    return best.name
  }

  /// What the user should know about the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: One line: OpenBLAS chose another core than asked, or a core was forced that is older
  ///   than the CPU; nil where all is well.
  package func warning(option: String?) -> String? {
    let origin = origin(option: option)
    guard let wanted = option ?? choice?.core ?? environment, !wanted.isEmpty else { return nil }
    let source =
      switch origin {
      case .option: "--blas-core \(wanted)"
      case .environment: "\(Self.variable)=\(wanted)"
      case .corrected, .automatic: "the core \(wanted), which suits this CPU,"
      }
    if wanted.lowercased() != active.lowercased() {
      let why =
        isDynamic
        ? "it does not have that core, or not for this CPU" : "it was built for that core alone"
      return "OpenBLAS computes with the core \(active) although \(source) asks for another: \(why)"
    }
    guard let core = BLASCore.named(active), let features,
      let best = BLASCore.best(for: features), core.generation < best.generation
    else { return nil }
    return "\(source) makes OpenBLAS compute with \(core.generation.name) on a CPU with "
      + "\(best.generation.name); \(best.name) would be faster, and change the last bits of results"
  }

  /// The name of a core as OpenBLAS writes it, if it can be used.
  ///
  /// - Parameters:
  ///   - option: The name from the command line.
  ///   - features: What the CPU can do; nil where the kernel does not say.
  ///   - isX86: Whether the CPU is an x86-64.
  /// - Returns: The name.
  /// - Throws: ``BLASCoreError``.
  static func checked(
    _ option: String, features: CPUFeatures?, isX86: Bool
  ) throws(BLASCoreError) -> String {
    // OpenBLAS for other processors has other names; there it is asked and the answer compared.
    guard isX86 else { return option }
    guard let core = BLASCore.named(option) else { throw BLASCoreError.unknownName(option) }
    if let missing = features.map(core.missing(in:)), !missing.isEmpty {
      throw BLASCoreError.missingInstructions(core: core.name, flags: missing)
    }
    return core.name
  }
}

/// Why a core cannot be used.
package enum BLASCoreError: Error, CustomStringConvertible, Sendable, Equatable {
  /// No OpenBLAS 0.3 has a core of this name.
  case unknownName(String)
  /// The CPU lacks instructions that the core uses: it would stop with SIGILL.
  case missingInstructions(core: String, flags: [String])

  /// One line.
  package var description: String {
    switch self {
    case .unknownName(let name):
      "--blas-core: found `\(name)`, expected auto or one of "
        + BLASCore.all.map(\.name).joined(separator: ", ")
    case .missingInstructions(let core, let flags):
      "--blas-core \(core): this CPU lacks \(flags.joined(separator: ", ")), "
        + "without which the core stops with an illegal instruction"
    }
  }
}
