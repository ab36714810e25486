import ImageData
import Parallel

/// The steps of an epoch, each with its samples and its learning rate.
///
/// All workers read it at the same time. Nothing changes it or the data it points to during an
/// epoch.
struct EpochSteps: @unchecked Sendable {
  /// One step.
  struct Step {
    /// The step's number in the run, from 1.
    let number: Int
    /// The positions of its samples in the epoch's order.
    let samples: Range<Int>
    /// The number of its batches, at least 1; the last may have fewer samples than the others.
    let batchCount: Int
    /// Its learning rate.
    let learningRate: Double
    /// Whether the gradient buffer must contain its gradients after the step.
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

  /// Describes the steps of the current epoch.
  ///
  /// - Parameter run: The run. It must outlive this value, which points to its data.
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
  /// - Parameter progress: The progress of the epoch, which must have a further step.
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
  ///   - index: The index of the batch in the step, from 0.
  ///   - step: The step.
  /// - Returns: The batch.
  func batch(_ index: Int, of step: Step) -> Batch {
    // Only an epoch's last step has a batch that is not full.
    batch(step.samples.lowerBound / batchSize + index)
  }

  /// The number of batches of the epoch.
  var batchCount: Int { (sampleCount + batchSize - 1) / batchSize }

  /// A batch of the epoch.
  ///
  /// - Parameter index: The index of the batch in the epoch, from 0.
  /// - Returns: The batch.
  func batch(_ index: Int) -> Batch {
    let first = index * batchSize
    return Batch(
      source: source, samples: order + first, rowCount: min(batchSize, sampleCount - first),
      epoch: UInt32(epoch))
  }
}
