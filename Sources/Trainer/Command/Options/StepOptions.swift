import Training

/// The options of a command that takes steps of training.
protocol StepOptions {
  var threads: ThreadsOption { get }
  var kernels: KernelOptions { get }
  var pinning: PinOption { get }
  var data: DataOptions { get }
  var batches: BatchOptions { get }
  var samples: SampleOptions { get }
  var model: ModelOptions { get }
  var network: NetworkOptions { get }
  var optimizer: OptimizerOptions { get }
  /// Whether only warnings and errors are printed.
  var isQuiet: Bool { get }
}

extension StepOptions {
  /// The settings that these options give, not yet checked together.
  ///
  /// - Parameter cores: The number of threads if none is given.
  /// - Returns: The configuration.
  /// - Throws: `TrainerError` that names the option.
  func stepConfiguration(cores: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: try threads.count(default: cores))
    if let engine = kernels.engine { configuration.engine = engine }
    try kernels.requireMeaning(with: configuration.engine)
    batches.apply(to: &configuration)
    try samples.apply(to: &configuration)
    configuration.model = try model.modelDescription()
    try network.apply(to: &configuration)
    try optimizer.apply(to: &configuration)
    return configuration
  }
}
