import Files
import Foundation
import ImageData
import Parallel
import Runs
import Training

/// The evaluation of saved models on one test set.
struct EvaluationJob {
  private let kernels: SavedModelKernels
  /// Whether only warnings are printed.
  private let isQuiet: Bool
  private let usable = UsableCPUs.current()
  private let threads: Int

  /// Prepares evaluations.
  ///
  /// - Parameters:
  ///   - threads: The number of workers.
  ///   - kernels: What computes.
  ///   - isQuiet: Whether only warnings are printed.
  /// - Throws: `TrainerError` for a number of threads that cannot be.
  init(threads: ThreadsOption, kernels: SavedModelKernels, isQuiet: Bool) throws {
    self.kernels = kernels
    self.isQuiet = isQuiet
    self.threads = try threads.count(default: usable.count)
  }

  /// Selects the kernels of the engines that models need, and prints warnings and notes about them.
  ///
  /// - Parameter models: The models.
  /// - Throws: `TrainerError`, `InstructionSetError`, `BLASCoreError`, `OpenBLASError` or
  ///   `SystemRefusal`.
  func selectKernels(for models: [SavedModel]) throws {
    try kernels.select(for: models, isQuiet: isQuiet)
  }

  /// Loads the requested data set, otherwise that of the first model that records one.
  ///
  /// - Parameters:
  ///   - models: The models.
  ///   - options: The request.
  /// - Returns: The data set.
  /// - Throws: `DataError`; it names the data set if that is not found.
  func loadData(of models: [SavedModel], _ options: EvaluationDataOptions) throws -> Dataset {
    let location = try locateData(of: models, options)
    if !isQuiet { Console.note(location.note) }
    return try Dataset.load(from: location)
  }

  private func locateData(
    of models: [SavedModel], _ options: EvaluationDataOptions
  ) throws -> DatasetLocation {
    if options.isGiven { return try options.locate() }
    let known = try models.first { $0.data != nil }?.locateData(
      environment: ProcessInfo.processInfo.environment, note: DataOptions.tellOfUnreadable)
    let location = try known ?? options.locate()
    for saved in models where saved.data == nil {
      Console.warning(
        "\(saved.file.path) does not record its data set; it is evaluated on "
          + "\(location.name) in \(location.directory); choose with --dataset or --data")
    }
    return location
  }

  /// Evaluates models together, and warns of those that were trained on other data.
  ///
  /// - Parameters:
  ///   - models: The models, whose probabilities are averaged.
  ///   - views: The views of each image; nil for the image as it is.
  ///   - dataset: The data set whose test set is used.
  /// - Returns: Their metrics and predictions.
  /// - Throws: What `ModelEvaluation` throws; `TrainerError` if memory is too small for the shards,
  ///   one per thread and model.
  func evaluate(
    _ models: [SavedModel], views: Augmentation? = nil, on dataset: Dataset
  ) throws -> ModelEvaluation {
    for model in models {
      if let warning = model.warning(evaluatedOn: dataset) { Console.warning(warning) }
    }
    try EnsembleOptions.requireMemory(
      for: models, rows: threads * min(LeafPlan.blockRows, dataset.test.count), usable: usable)
    return try ModelEvaluation(
      models.map(\.member), views: views, dataset: dataset, threads: threads,
      coreCount: usable.count, engine: kernels.engine)
  }
}
