import ImageData
import Model
import Parallel

/// The steps of an epoch: which samples each of them has, and what its learning rate is.
///
/// Every worker reads it while nobody writes.
struct EpochSteps: @unchecked Sendable {
  /// One step.
  struct Step {
    /// The step of the run, from 1.
    let number: Int
    /// Its place in the epoch's order of samples.
    let samples: Range<Int>
    /// Its batches, at least 1; the last may have fewer samples than the others.
    let batchCount: Int
    /// Its learning rate.
    let learningRate: Double
    /// Whether the gradients are wanted after it.
    let keepsGradients: Bool
  }

  private let epoch: Int
  private let source: SampleSource
  private let order: UnsafePointer<UInt32>
  private let sampleCount: Int
  private let batchSize: Int
  private let samplesPerStep: Int
  private let learningRates: LearningRates
  private let gradientInterval: Int?

  /// The steps of the epoch under way.
  ///
  /// - Parameter run: The run; its order and its images live as long.
  init(_ run: TrainingRun) {
    epoch = run.position.epoch
    source = SampleSource(run.dataset.training)
    order = UnsafePointer(run.order.pointer)
    sampleCount = run.samplesPerEpoch
    batchSize = run.configuration.batchSize
    samplesPerStep = batchSize * run.configuration.accumulate
    learningRates = LearningRates(run)
    gradientInterval = run.gradientInterval
  }

  /// The next step.
  ///
  /// - Parameter progress: How far the epoch is, less than all of its steps.
  /// - Returns: The step.
  func next(_ progress: EpochProgress) -> Step {
    let first = progress.stepInEpoch * samplesPerStep
    let count = min(samplesPerStep, sampleCount - first)
    let number = progress.step + 1
    return Step(
      number: number, samples: first..<first + count,
      batchCount: (count + batchSize - 1) / batchSize,
      learningRate: learningRates.rate(step: number),
      keepsGradients: gradientInterval.map { number.isMultiple(of: $0) } ?? false)
  }

  /// A batch of a step.
  ///
  /// - Parameters:
  ///   - index: Which, from 0.
  ///   - step: The step.
  /// - Returns: The batch.
  func batch(_ index: Int, of step: Step) -> Batch {
    let first = step.samples.lowerBound + index * batchSize
    return Batch(
      source: source, samples: order + first,
      rowCount: min(batchSize, step.samples.upperBound - first), epoch: UInt32(epoch))
  }
}

/// The learning rate of each step of the epoch under way.
struct LearningRates: Sendable {
  private let base: Double
  private let schedule: LearningRateSchedule
  private let warmupSteps: Int
  private let totalSteps: Int
  private let stepsPerEpoch: Int
  private let plateauFactor: Double

  /// Takes the settings, and what the figures of the epochs so far make of them.
  ///
  /// - Parameter run: The run.
  init(_ run: TrainingRun) {
    base = run.configuration.optimizer.learningRate
    schedule = run.configuration.schedule
    warmupSteps = run.configuration.warmupSteps
    totalSteps = run.stepLimit
    stepsPerEpoch = run.stepsPerEpoch
    var plateau = PlateauState()
    for record in run.position.history {
      plateau.observe(record.validation?.loss ?? record.training.loss, schedule: schedule)
    }
    plateauFactor = plateau.factor
  }

  /// The rate of a step.
  ///
  /// - Parameter step: The step of the run, from 1.
  /// - Returns: The rate.
  func rate(step: Int) -> Double {
    base
      * schedule.factor(
        at: CurvePoint(
          step: step, totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch,
          warmupSteps: warmupSteps, plateauFactor: plateauFactor))
  }
}
