import Model
import Runs
import Training

extension KernelOptions {
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
