import ArgumentParser
import Files
import Machine
import Model
import Parallel
import Training

/// Options for kernels: the engine, OpenBLAS's kernels and the trainer's own.
protocol KernelChoice {
  /// The requested engine; nil for the default.
  var engine: Engine? { get }
  /// The requested kernels of OpenBLAS.
  var blasCore: String { get }
  /// The instruction set of the trainer's own kernels.
  var isa: InstructionSetChoice { get }
}

/// The options for kernels of a command that trains.
struct KernelOptions: ParsableArguments, KernelChoice {
  /// What the engine is, for the help.
  static let engineWords =
    "What computes matrix products: the trainer's own kernels, with the same bits on every CPU, or "
    + "OpenBLAS"

  @Option(\.engine, Self.engineWords, value: "name")
  var engine: Engine?

  @Option(help: BLASCoreChoice.help, completion: BLASCoreChoice.completion)
  var blasCore = BLASCoreChoice.standard

  @Option(help: InstructionSetChoice.help)
  var isa = InstructionSetChoice.auto
}

extension KernelChoice {
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
    try requireMeaning(with: engine)
    if engine == .openblas { try blas.load(isQuiet: isQuiet) }
  }

  /// Refuses kernels of OpenBLAS if it does not compute.
  ///
  /// - Parameter engine: The engine in use.
  /// - Throws: `TrainerError`.
  func requireMeaning(with engine: Engine) throws {
    guard engine != .openblas, let core = blas.name else { return }
    throw TrainerError(
      .usage,
      "--blas-core \(core) has no meaning for --engine native; it chooses kernels of "
        + "--engine openblas")
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
