import ArgumentParser
import Model
import Runs
import Training

/// The options for kernels of a command that computes with saved models.
struct SavedModelKernels: ParsableArguments, KernelChoice {
  @Option(\.engine, KernelOptions.engineWords, value: "name", default: "the model's")
  var engine: Engine?

  @Option(help: BLASCoreChoice.help, completion: BLASCoreChoice.completion)
  var blasCore = BLASCoreChoice.standard

  @Option(help: InstructionSetChoice.help)
  var isa = InstructionSetChoice.auto

  /// Selects the kernels of the engines that compute: the requested one, or those that trained the
  /// models.
  ///
  /// - Parameters:
  ///   - models: The models.
  ///   - isQuiet: Whether only warnings are printed.
  /// - Throws: What selecting kernels throws, and `TrainerError` for a model of an unknown engine.
  func select(for models: [SavedModel], isQuiet: Bool) throws {
    let engines = try models.map { try engine ?? $0.file.engine() ?? .native }
    try select(engines.contains(.openblas) ? .openblas : .native, isQuiet: isQuiet)
  }
}
