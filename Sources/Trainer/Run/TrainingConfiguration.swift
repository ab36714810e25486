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
  /// Units of the hidden layers.
  public var hidden = [512, 256]
  /// The probability to drop a hidden unit.
  public var dropout = 0.2
  /// Where dropout scales.
  public var dropoutMode = Dropout.Mode.inverted
  /// Whether hidden layers are normalised over the batch.
  public var batchNorm = true
  /// Whether each epoch has an order of its own.
  public var shuffle = true
  /// The update rule and its settings.
  public var optimizer = Optimizer(.adam)
  /// What all random numbers come from.
  public var seed: UInt64 = 0

  /// The defaults.
  ///
  /// - Parameter threads: Worker threads.
  public init(threads: Int) {
    self.threads = threads
  }

  /// The network for a data set.
  ///
  /// - Parameters:
  ///   - inputCount: Pixels of an image.
  ///   - classCount: Classes.
  /// - Returns: Its description.
  public func architecture(inputCount: Int, classCount: Int) -> Architecture {
    Architecture(
      inputCount: inputCount, hidden: hidden, classCount: classCount, batchNorm: batchNorm,
      dropout: dropout, dropoutMode: dropoutMode)
  }

  /// Checks the settings against each other and the data.
  ///
  /// - Parameter sampleCount: Samples of the training set; nil while they are not known.
  /// - Throws: ``TrainerError`` that names the option, what was given and what is allowed.
  public func validate(sampleCount: Int?) throws {
    func require(_ condition: Bool, _ option: String, _ found: Any, _ expected: String) throws {
      guard condition else {
        throw TrainerError(.usage, "\(option) is \(found); it has to be \(expected)")
      }
    }
    func requireUnit(_ value: Double, _ option: String) throws {
      try require(value >= 0 && value < 1, option, value, "at least 0 and less than 1")
    }
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
        batchSize <= sampleCount, "--batch-size", batchSize,
        "from 1 to \(sampleCount), the number of training samples")
    }
    try require(shardSize >= 1, "--shard-size", shardSize, "at least 1")
    try require(
      hidden.allSatisfy { (1...65_536).contains($0) }, "--hidden", hidden,
      "widths from 1 to 65536, separated by commas")
    try requireUnit(dropout, "--dropout")
    let rate = optimizer.learningRate
    try require(rate > 0 && rate.isFinite, "--learning-rate", rate, "a finite number above 0")
    try requireUnit(optimizer.momentum, "--momentum")
    try requireUnit(optimizer.decayRate, "--decay-rate")
    try requireUnit(optimizer.beta1, "--beta1")
    try requireUnit(optimizer.beta2, "--beta2")
    let epsilon = optimizer.epsilon
    try require(epsilon >= 0 && epsilon.isFinite, "--epsilon", epsilon, "a finite number from 0 on")
    let decay = optimizer.weightDecay
    try require(decay >= 0 && decay.isFinite, "--weight-decay", decay, "a finite number from 0 on")
    if let sampleCount, batchNorm, !hidden.isEmpty,
      batchSize == 1 || sampleCount % batchSize == 1
    {
      throw TrainerError(
        .usage,
        "--batch-size \(batchSize) leaves a batch of one sample of \(sampleCount), whose variance "
          + "batch normalisation cannot take; choose another --batch-size or --no-batch-norm")
    }
  }
}
