import Foundation

/// Who chose the core that OpenBLAS computes with.
public enum BLASCoreOrigin: String, Sendable, Codable {
  /// OpenBLAS itself.
  case automatic
  /// This program, because OpenBLAS did not know the CPU.
  case corrected
  /// The command line.
  case option
  /// The user's variable.
  case environment
}

/// What to do about OpenBLAS's core before anything is computed.
public enum BLASCoreDecision: Sendable, Equatable {
  /// Compute with the core in use.
  case keep
  /// Start again with this core: OpenBLAS does not know the CPU and took its oldest.
  case correct(to: String)
  /// Start again with this core, which the command line names.
  case use(String)
}

/// Which core OpenBLAS should compute with: the facts of this process, and the policy.
///
/// OpenBLAS takes its core when the process starts, from the CPU or from `OPENBLAS_CORETYPE`, and
/// never changes it: another core needs another process image.
public struct BLASCoreSelection: Sendable, Equatable {
  /// The variable that OpenBLAS reads.
  public static let variable = "OPENBLAS_CORETYPE"
  /// The variable that tells this program's second image who chose the core.
  static let markerVariable = "TRAINER_BLAS_CORE"

  /// The core in use.
  let active: String
  /// The value of `OPENBLAS_CORETYPE`; nil where it is not set.
  let environment: String?
  /// What the first image of this process asked for; nil in a first image.
  let marker: BLASCoreMarker?
  /// What the CPU can do; nil where the kernel does not say.
  let features: CPUFeatures?
  /// Whether OpenBLAS was built with several cores to choose from.
  let isDynamic: Bool
  /// Whether the CPU is an x86-64: only its cores are known here.
  let isX86: Bool

  /// The facts of this process.
  ///
  /// - Returns: The selection.
  public static func current() -> BLASCoreSelection {
    let environment = ProcessInfo.processInfo.environment
    #if arch(x86_64)
      let isX86 = true
    #else
      let isX86 = false
    #endif
    var features: CPUFeatures?
    // Without it nothing is corrected, and OpenBLAS's own choice stands.
    if case .success(let current) = Result(catching: CPUFeatures.current) { features = current }
    return BLASCoreSelection(
      active: OpenBLAS.coreName, environment: environment[variable],
      marker: environment[markerVariable].flatMap {
        BLASCoreMarker(text: $0, process: ProcessInfo.processInfo.processIdentifier)
      },
      features: features, isDynamic: OpenBLAS.choosesCoreAtStart, isX86: isX86)
  }

  /// Who chose the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: `.option` also where the core that it names was in use already.
  public func origin(option: String?) -> BLASCoreOrigin {
    if option != nil { return .option }
    return marker?.origin ?? (environment == nil ? .automatic : .environment)
  }

  /// The policy.
  ///
  /// A name given wins over the variable; the variable over everything else; a second image is the
  /// last. OpenBLAS's own choice is corrected only where it has no AVX and the CPU has AVX2 at least:
  /// it then did not know the CPU.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: What to do.
  /// - Throws: `BLASCoreError` for a name that is unknown, or a core that this CPU cannot run.
  public func decision(option: String?) throws -> BLASCoreDecision {
    if let option {
      let name = try checked(option)
      if marker != nil || name.lowercased() == active.lowercased() { return .keep }
      return .use(name)
    }
    guard marker == nil, environment == nil, isDynamic, let features,
      let core = BLASCore.named(active), core.generation < .avx,
      let best = BLASCore.best(for: features), best.generation >= .avx2
    else { return .keep }
    return .correct(to: best.name)
  }

  /// What the user should know about the core in use.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Returns: One line: OpenBLAS chose another core than asked, or a core was forced that is older
  ///   than the CPU; nil where all is well.
  public func warning(option: String?) -> String? {
    let origin = origin(option: option)
    guard let wanted = option ?? marker?.core ?? environment, !wanted.isEmpty else { return nil }
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
      + "\(best.generation.name); \(best.name) would be faster, and give other bits"
  }

  /// Acts on the policy: returns where the core in use is to be kept, starts again where not.
  ///
  /// It must be called before there are threads, output or MPI.
  ///
  /// - Parameter option: The name from the command line; nil for `auto`.
  /// - Throws: `BLASCoreError`.
  public func apply(option: String?) throws {
    switch try decision(option: option) {
    case .keep: break
    case .correct(let core): try Self.reexecute(core: core, origin: .corrected)
    case .use(let core): try Self.reexecute(core: core, origin: .option)
    }
  }

  /// The name as OpenBLAS writes it, if it can be used.
  private func checked(_ option: String) throws -> String {
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
public enum BLASCoreError: Error, CustomStringConvertible, Sendable, Equatable {
  /// No OpenBLAS 0.3 has a core of this name.
  case unknownName(String)
  /// The CPU lacks instructions that the core uses: it would stop with SIGILL.
  case missingInstructions(core: String, flags: [String])
  /// The process could not be started again.
  case reexecution(core: String, reason: String)

  /// One line.
  public var description: String {
    switch self {
    case .unknownName(let name):
      "--blas-core: found `\(name)`, expected auto or one of "
        + BLASCore.all.map(\.name).joined(separator: ", ")
    case .missingInstructions(let core, let flags):
      "--blas-core \(core): this CPU lacks \(flags.joined(separator: ", ")), "
        + "without which the core stops with an illegal instruction"
    case .reexecution(let core, let reason):
      "cannot start again with OpenBLAS's core \(core): \(reason)"
    }
  }
}
