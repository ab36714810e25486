import ImageData
import Model
import Parallel

/// Every setting of a run that can enter its result, and how many threads work on it.
public struct TrainingConfiguration: Sendable, Equatable {
  /// Worker threads; never enters the result.
  public var threads: Int
  /// Passes over the training set.
  public var epochs = 10
  /// Steps after which the run ends even within an epoch.
  public var stepLimit: Int?
  /// Rows of a batch.
  public var batchSize = 512
  /// Rows of a shard.
  public var shardSize = 64
  /// The network's layers between its input and its classifier.
  public var model = Perceptron().model
  /// When dropout scales.
  public var dropoutMode = Dropout.Mode.inverted
  /// Whether each epoch has an order of its own.
  public var shuffle = true
  /// The update rule and its settings.
  public var optimizer = Optimizer(.adam)
  /// What all random numbers come from.
  public var seed: UInt64 = 0
  /// Batches whose gradients are summed to one step.
  public var accumulate = 1
  /// Training samples that are held out to judge the run by.
  public var validationCount = 0
  /// Epochs without a smaller validation loss after which the run ends; nil for never.
  public var earlyStoppingPatience: Int?
  /// The accuracy, from 0 to 1, at which the run ends; nil for none.
  public var targetAccuracy: Double?
  /// How the learning rate changes.
  public var schedule = LearningRateSchedule()
  /// The greatest norm of a step's mean gradient, over all parameters; nil for no limit.
  public var clipNorm: Double?
  /// The greatest norm of a unit's incoming weights; nil for no limit.
  public var maxNorm: Double?
  /// The share of a label's probability that is spread over all classes.
  public var labelSmoothing = 0.0
  /// The decay of the weights' moving average, which is evaluated and saved; nil for none.
  public var emaDecay: Double?

  /// The defaults.
  ///
  /// - Parameter threads: Worker threads.
  public init(threads: Int) {
    self.threads = threads
  }

  /// The network for a data set.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample's input.
  ///   - classCount: The number of classes.
  /// - Returns: Its description.
  /// - Throws: ``TrainerError`` if the model cannot take the input.
  package func architecture(input: Shape, classCount: Int) throws -> Architecture {
    do {
      return try Architecture(
        input: input, model: model, classCount: classCount, dropoutMode: dropoutMode)
    } catch {
      throw TrainerError(.usage, "--model is \"\(model)\"; \(error)")
    }
  }

  /// The network for a data set.
  ///
  /// - Parameter dataset: The data set, for the images' size and the classes.
  /// - Returns: Its description.
  /// - Throws: ``TrainerError`` if the model cannot take the images.
  package func architecture(for dataset: Dataset) throws -> Architecture {
    try architecture(
      input: Shape(dataset.training.rows, dataset.training.columns, 1),
      classCount: dataset.classCount)
  }

  /// Checks the settings against each other and the data.
  ///
  /// - Parameter sampleCount: Samples of the training set; nil while they are not known.
  /// - Throws: ``TrainerError`` that names the option, what was given and what is allowed.
  public func validate(sampleCount: Int?) throws {
    let maximum = WorkerTeam.maximumCount
    try require((1...maximum).contains(threads), "--threads", threads, "from 1 to \(maximum)")
    // Epochs are counted in 32 bits, and steps in 63.
    let maximumEpochs = Int(Int32.max)
    try require(
      (1...maximumEpochs).contains(epochs), "--epochs", epochs, "from 1 to \(maximumEpochs)")
    try require(stepLimit ?? 1 >= 1, "--steps", stepLimit ?? 1, "at least 1")
    try require(batchSize >= 1, "--batch-size", batchSize, "at least 1")
    if let sampleCount {
      try require(
        validationCount < sampleCount, "--validation", validationCount,
        "less than \(sampleCount), the number of training samples")
      let trained = sampleCount - validationCount
      try require(
        batchSize <= trained, "--batch-size", batchSize,
        "from 1 to \(trained), the number of samples trained on")
    }
    try require(shardSize >= 1, "--shard-size", shardSize, "at least 1")
    for setting in optimizer.settings {
      try require(
        setting.range.contains(setting.value), "--\(setting.name)", setting.value,
        setting.range.words)
    }
    try validateRegularisation()
    try validateSchedule()
    if let sampleCount { try validateBatches(trained: sampleCount - validationCount) }
  }

  private func validateRegularisation() throws {
    try requireUnit(labelSmoothing, "--label-smoothing")
    if let emaDecay { try requireUnit(emaDecay, "--ema") }
    for (option, value) in [("--clip-norm", clipNorm), ("--max-norm", maxNorm)] {
      guard let value else { continue }
      try require(
        value > 0 && Float(value).isNormal, option, value, "a single-precision number above 0")
    }
    try require((1...65_536).contains(accumulate), "--accumulate", accumulate, "from 1 to 65536")
  }

  private func validateSchedule() throws {
    try require(
      schedule.warmupSteps >= 0, "--warmup-steps", schedule.warmupSteps, "at least 0")
    try require(schedule.stepEpochs >= 1, "--lr-step-epochs", schedule.stepEpochs, "at least 1")
    try require(
      schedule.gamma > 0 && schedule.gamma < 1, "--lr-gamma", schedule.gamma,
      "above 0 and less than 1")
    try require(schedule.patience >= 0, "--lr-patience", schedule.patience, "at least 0")
    try requireUnit(schedule.minimum, "--lr-minimum")
    try require(validationCount >= 0, "--validation", validationCount, "at least 0")
    if let patience = earlyStoppingPatience {
      try require(patience >= 1, "--early-stopping", patience, "at least 1")
      guard validationCount > 0 else {
        throw TrainerError(.usage, "--early-stopping needs --validation N, whose loss it watches")
      }
    }
    if let accuracy = targetAccuracy {
      try require(
        accuracy > 0 && accuracy <= 1, "--target-accuracy", accuracy, "above 0 and at most 1")
    }
  }

  private func require(
    _ condition: Bool, _ option: String, _ found: Any, _ expected: String
  ) throws {
    guard condition else {
      throw TrainerError(.usage, "\(option) is \(found); it has to be \(expected)")
    }
  }

  private func requireUnit(_ value: Double, _ option: String) throws {
    try require(value >= 0 && value < 1, option, value, "at least 0 and less than 1")
  }
}
