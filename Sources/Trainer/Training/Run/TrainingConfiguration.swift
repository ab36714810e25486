import Files
import ImageData
import Model
import Parallel

/// Every setting of a run that can enter its result, and how many threads work on it.
public struct TrainingConfiguration: Sendable, Equatable {
  /// Worker threads, 1 to 240; never enters the result.
  public var threads: Int
  /// Passes over the training set.
  public var epochs = 10
  /// Steps after which the run ends even within an epoch; nil for none.
  public var stepLimit: Int?
  /// The rows of a batch that were asked for; nil for the default, which is cut to the data.
  var givenBatchSize: Int?
  /// The engine that computes matrix products.
  public var engine = Engine.native
  /// The number of rows that a worker takes through a stage at once; it never changes a result.
  public var shardSize = ShardSize.auto
  /// The network's layers between its input and its classifier.
  public var model = Perceptron().model
  /// When dropout scales.
  public var dropoutMode = Dropout.Mode.inverted
  /// Whether each epoch has an order of its own.
  public var shuffle = true
  /// The update rule and its settings.
  public var optimizer = Optimizer(.adam)
  /// The seed of all random numbers.
  public var seed: UInt64 = 0
  /// The distortion of the training images, new in each epoch; nil for none.
  public var augmentation: Augmentation?
  /// The A of Beta(A, A), by whose shares training images are blended with others (mixup); nil for
  /// not at all.
  public var mixup: Double?
  /// The A of Beta(A, A), by whose shares rectangles of other training images are pasted into them
  /// (CutMix); nil for not at all.
  public var cutmix: Double?
  /// Batches whose gradients are summed to one step.
  public var accumulate = 1
  /// Training samples that are held out to judge the run by.
  public var validationCount = 0
  /// The part of cross-validation that is held out to judge the run by; nil for none.
  public var fold: Fold?
  /// Whether samples are held out in proportion to the classes.
  public var stratify = false
  /// Epochs without a smaller validation loss after which the run ends; nil for never.
  public var earlyStoppingPatience: Int?
  /// The accuracy, from 0 to 1, at which the run ends; nil for none.
  public var targetAccuracy: Double?
  /// The schedule of the learning rate; nil for the default of the model.
  var givenSchedule: LearningRateSchedule?
  /// Steps over which the learning rate rises linearly to the schedule's; 0 for none.
  public var warmupSteps = 0
  /// The largest norm of a step's mean gradient, over all parameters; nil for no limit.
  public var clipNorm: Double?
  /// The largest norm of a unit's incoming weights; nil for no limit.
  public var maxNorm: Double?
  /// The share of a label's probability that is spread over all classes.
  public var labelSmoothing = 0.0
  /// The weights of the samples of each class; nil if all count the same.
  public var classWeights: ClassWeights?
  /// The decay of the weights' moving average, which is evaluated and saved; nil for none.
  public var emaDecay: Double?
  /// The epoch, from 1, from which on weights are averaged: with ``emaDecay`` its average,
  /// otherwise the mean of the weights after each step; nil for none, or to start with the initial
  /// weights.
  public var averageFrom: Int?
  /// The number of batches that the average's batch-norm statistics are estimated from, before each
  /// evaluation; nil to average the running statistics.
  public var averageStatistics: Int?

  /// Whether an average of the weights is evaluated and saved.
  package var keepsAverage: Bool { emaDecay != nil || averageFrom != nil }

  /// The settings above, each declared once, in the order of the help.
  ///
  /// A property's initial value is the default. Its line here has what validation, records and
  /// whoever shows settings need besides. The optimizer and the schedule declare their own
  /// settings.
  package static let declarations: [DeclaredSetting<TrainingConfiguration>] = [
    .init("threads", .from(1, to: WorkerTeam.maximumCount), \.threads, role: .execution),
    // Epochs are counted in 32 bits, and steps in 63.
    .init("epochs", .from(1, to: Int(Int32.max)), \.epochs, role: .length),
    .init("steps", .atLeast(1), \.stepLimit, role: .length),
    .init("batch-size", .atLeast(1), \.batchSize),
    .init("engine", .any, \.engine),
    .init("shard-size", .allowed, \.shardSize, role: .execution),
    .init("accumulate", .from(1, to: 1 << 16), \.accumulate),
    .init("shuffle", .any, \.shuffle),
    .init("seed", .any, \.seed),
    .init("augment", .allowed, \.augmentation),
    .init("mixup", .aboveZero(to: 100), \.mixup),
    .init("cutmix", .aboveZero(to: 100), \.cutmix),
    .init("validation", .atLeast(0), \.validationCount),
    .init("fold", .allowed, \.fold),
    .init("stratify", .any, \.stratify),
    .init("early-stopping", .atLeast(1), \.earlyStoppingPatience, role: .length),
    .init("target-accuracy", .aboveZero(to: 1), \.targetAccuracy, role: .length),
    .init("label-smoothing", .belowOne, \.labelSmoothing),
    .init("class-weights", .allowed, \.classWeights),
    .init("warmup-steps", .atLeast(0), \.warmupSteps),
    .init("clip-norm", .positive, \.clipNorm),
    .init("max-norm", .positive, \.maxNorm),
    .init("ema", .belowOne, \.emaDecay),
    .init("average-from", .atLeast(1), \.averageFrom),
    .init("average-statistics", .atLeast(1), \.averageStatistics),
    .init("model", .any, \.model),
    .init("dropout-mode", .any, \.dropoutMode),
  ]

  /// The defaults, with a thread for each CPU that this process may use.
  ///
  /// Those are the CPUs of the affinity mask, or fewer if a cgroup has a smaller quota.
  public init() {
    self.init(threads: Self.defaultThreads(cores: UsableCPUs.current().count))
  }

  /// The defaults.
  ///
  /// - Parameter threads: Worker threads, 1 to 240.
  public init(threads: Int) {
    self.threads = threads
  }

  /// The number of threads for a number of CPUs that a process may use.
  ///
  /// - Parameter cores: The CPUs.
  /// - Returns: As many, but not more than allowed.
  package static func defaultThreads(cores: Int) -> Int { min(cores, WorkerTeam.maximumCount) }

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
      throw TrainerError(.usage, "\(setting: "model") is \"\(model)\"; \(error)")
    }
  }

  /// The network for a data set.
  ///
  /// - Parameter dataset: The data set, for the images' size and the classes.
  /// - Returns: Its description.
  /// - Throws: ``TrainerError`` if the model cannot take the images.
  package func architecture(for dataset: Dataset) throws -> Architecture {
    try architecture(
      input: dataset.training.imageSize.shape, classCount: dataset.classCount)
  }
}
