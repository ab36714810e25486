import ArgumentParser
import Machine
import Model
import Parallel
import Training

/// The options for kernels: the engine, OpenBLAS's kernels and the trainer's own.
struct KernelOptions: ParsableArguments {
  @Option(
    \.engine,
    "What computes matrix products: the trainer's own kernels, with the same bits on every "
      + "CPU, or OpenBLAS",
    value: "name")
  var engine: Engine?

  @Option(help: BLASCoreChoice.help, completion: BLASCoreChoice.completion)
  var blasCore = BLASCoreChoice.standard

  @Option(help: InstructionSetChoice.help)
  var isa = InstructionSetChoice.auto

  /// The kernels of OpenBLAS.
  var blas: BLASCoreChoice { BLASCoreChoice(blasCore) }

  /// Selects the kernels that compute, and prints warnings and notes about them.
  ///
  /// - Parameters:
  ///   - engine: The engine in use; OpenBLAS is loaded only if it computes.
  ///   - isQuiet: Whether only warnings are printed.
  /// - Throws: `TrainerError`, `InstructionSetError`, `BLASCoreError`, `OpenBLASError` or
  ///   `SystemRefusal`.
  func select(_ engine: Engine, isQuiet: Bool) throws {
    try isa.use()
    switch engine {
    case .openblas: try blas.load(isQuiet: isQuiet)
    case .native:
      if let core = blas.name {
        throw TrainerError(
          .usage,
          "--blas-core \(core) has no meaning for --engine native; it chooses kernels of "
            + "--engine openblas")
      }
    }
  }

  /// Describes this machine for records of a run, after ``select(_:isQuiet:)``.
  ///
  /// - Parameters:
  ///   - engine: The engine in use; OpenBLAS is described only if it computes.
  ///   - usable: The CPUs that the process may use.
  /// - Returns: The description.
  func machine(_ engine: Engine, usable: UsableCPUs) -> Machine {
    .current(usable: usable, openBLAS: engine == .openblas ? .current(option: blas.name) : nil)
  }
}

extension Engine: NamedChoice {}

/// Which of OpenBLAS's sets of kernels, which it calls cores, computes.
struct BLASCoreChoice {
  static let help = ArgumentHelp(
    "OpenBLAS's kernels: auto, or those of a CPU architecture, for example Haswell. Other kernels "
      + "give results that differ in the last bits.",
    valueName: "name")
  static let completion = CompletionKind.list([standard] + BLASCore.all.map(\.name))
  /// The choice of OpenBLAS itself.
  static let standard = "auto"

  /// The core's name; nil for `auto`.
  let name: String?

  /// Takes the value of the option.
  init(_ option: String) {
    name = option.lowercased() == Self.standard ? nil : option
  }

  /// Loads OpenBLAS with the requested core, and prints warnings and notes about it.
  ///
  /// - Parameter isQuiet: Whether only warnings are printed.
  /// - Throws: `BLASCoreError`, `OpenBLASError` or `SystemRefusal`.
  func load(isQuiet: Bool) throws {
    let selection = try BLASCoreSelection.load(option: name)
    if let warning = selection.warning(option: name) { Console.warning(warning.asTyped) }
    if !isQuiet && selection.origin(option: name) == .corrected {
      Console.note(
        "OpenBLAS \(OpenBLAS.version) does not know this CPU; using its kernels for "
          + OpenBLAS.coreName)
    }
  }
}

/// Which instruction set the trainer's own kernels use.
enum InstructionSetChoice: String, CaseIterable, NamedChoice {
  case auto, v4, v3, baseline

  static let help = ArgumentHelp(
    "The instruction set of the trainer's own kernels: auto is the best that the CPU has, v4 AVX-512, "
      + "v3 AVX2. Never changes a result.",
    valueName: "set")

  /// Makes the kernels use the set.
  ///
  /// - Throws: `InstructionSetError` if the CPU does not have it.
  func use() throws {
    try InstructionSet(rawValue: rawValue)?.use()
  }
}
