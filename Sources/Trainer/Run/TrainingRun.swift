import MNISTData
import Model
import Parallel
import Synchronization

/// What a run tells while it goes on.
public protocol TrainingObserver: Sendable {
  /// Called by a worker after each step, while the others wait: to be quick.
  ///
  /// - Parameter progress: How far the epoch is.
  func progressed(_ progress: EpochProgress)
  /// Called after an epoch's evaluation.
  ///
  /// - Parameter epoch: The epoch's figures.
  /// - Throws: When the figures cannot be written.
  func finished(_ epoch: EpochRecord) throws
}

/// How far an epoch is.
public struct EpochProgress: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps of the whole run so far.
  public var step: Int
  /// Steps of this epoch so far, and all of them.
  public var stepInEpoch: Int
  /// All steps of this epoch.
  public var stepsPerEpoch: Int
  /// Loss and correct predictions of this epoch so far.
  public var total: LossSum
  /// Samples of this epoch so far.
  public var sampleCount: Int
  /// Seconds that this epoch has taken.
  public var seconds: Double
}

/// The figures of an epoch.
public struct EpochRecord: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps of the whole run so far.
  public var step: Int
  /// Training loss and accuracy: each sample with the weights of its step, dropout active.
  public var training: EvaluationResult
  /// Test loss and accuracy after the epoch.
  public var test: EvaluationResult
  /// Seconds of training, without evaluation.
  public var trainingSeconds: Double
  /// The rate that the last step used.
  public var learningRate: Double

  /// Training samples in a second.
  public var samplesPerSecond: Double { Double(training.sampleCount) / trainingSeconds }
}

/// A training run: epochs of steps on a worker team, with an evaluation after each.
public final class TrainingRun {
  /// The settings.
  public let configuration: TrainingConfiguration
  /// The data.
  public let dataset: Dataset
  /// The model that is trained.
  public let state: ModelState
  /// The network's description.
  public let architecture: Architecture
  /// Steps done.
  public private(set) var step = 0

  private let stepper: DataParallelStep
  private let evaluator: Evaluator
  private let order: AlignedBuffer<UInt32>

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - dataset: The data.
  ///   - coreCount: The cores that this process may use.
  ///   - profiles: Whether to record what every worker does.
  /// - Throws: ``TrainerError`` where the settings do not fit each other or the data.
  public init(
    configuration: TrainingConfiguration, dataset: Dataset, coreCount: Int, profiles: Bool = false
  ) throws {
    try configuration.validate(sampleCount: dataset.training.count)
    self.configuration = configuration
    self.dataset = dataset
    architecture = configuration.architecture(
      inputCount: dataset.training.pixelCount, classCount: dataset.classCount)
    BLAS.useOneThreadPerCall()
    state = ModelState(
      network: Network(architecture, seed: configuration.seed), seed: configuration.seed,
      optimizerStateCount: configuration.optimizer.kind.stateCount)
    stepper = DataParallelStep(
      state: state, team: WorkerTeam(count: configuration.threads, coreCount: coreCount),
      batchCapacity: configuration.batchSize, shardSize: configuration.shardSize,
      profile: profiles
        ? StageProfile(network: state.network, workerCount: configuration.threads) : nil)
    evaluator = Evaluator(
      step: stepper, source: SampleSource(dataset.test), sampleCount: dataset.test.count)
    order = AlignedBuffer(count: dataset.training.count)
  }

  /// What every worker did, where it was recorded.
  public var profile: StageProfile? { stepper.profile }

  /// Steps of a whole epoch; the last may have a smaller batch.
  public var stepsPerEpoch: Int {
    ShardPlan(rowCount: dataset.training.count, shardSize: configuration.batchSize).shardCount
  }

  /// Trains until the last epoch or the step limit.
  ///
  /// - Parameter observer: Is told how it goes.
  /// - Returns: The figures of the last epoch.
  /// - Throws: ``TrainerError`` where the loss is no longer finite, or what the observer throws.
  @discardableResult
  public func train(observer: any TrainingObserver) throws -> EpochRecord {
    stepper.parametersChanged()
    let limit = min(configuration.epochs * stepsPerEpoch, configuration.stepLimit ?? .max)
    while true {
      let epoch = step / stepsPerEpoch + 1
      setOrder(epoch: UInt32(epoch))
      let steps = min(stepsPerEpoch, limit - step)
      let segment = try runSteps(steps, epoch: epoch, observer: observer)
      let record = EpochRecord(
        epoch: epoch, step: step,
        training: EvaluationResult(total: segment.total, sampleCount: segment.sampleCount),
        test: evaluator.evaluate(), trainingSeconds: segment.seconds,
        learningRate: configuration.optimizer.learningRate)
      try observer.finished(record)
      if step == limit { return record }
    }
  }

  private func setOrder(epoch: UInt32) {
    if configuration.shuffle {
      EpochOrder.fillShuffled(order.elements, seed: configuration.seed, epoch: epoch)
    } else {
      EpochOrder.fillSequential(order.elements)
    }
  }

  /// Runs the first `count` steps of an epoch on the workers.
  private func runSteps(
    _ count: Int, epoch: Int, observer: any TrainingObserver
  ) throws -> EpochProgress {
    let start = ContinuousClock.now
    let firstStep = step
    let batchSize = configuration.batchSize
    let source = SampleSource(dataset.training)
    let sampleCount = dataset.training.count
    let samples = SendablePointer(order.pointer)
    let optimizer = configuration.optimizer
    let stepper = stepper
    let stepsPerEpoch = stepsPerEpoch
    let result = Mutex<(progress: EpochProgress, diverged: Bool)>(
      (
        EpochProgress(
          epoch: epoch, step: firstStep, stepInEpoch: 0, stepsPerEpoch: stepsPerEpoch,
          total: LossSum(), sampleCount: 0, seconds: 0), false
      ))
    stepper.team.run { worker in
      // Worker 0 keeps the books; every worker sees the same losses and so stops at the same step.
      var progress = result.withLock { $0.progress }
      stepper.begin(worker: worker)
      for index in 0..<count {
        let first = index * batchSize
        let rowCount = min(batchSize, sampleCount - first)
        let batch = Batch(
          source: source, samples: samples.pointer + first, rowCount: rowCount,
          epoch: UInt32(epoch))
        let update = optimizer.step(
          number: firstStep + index + 1, gradientScale: 1 / Float(rowCount))
        let total = stepper.run(worker: worker, batch: batch, use: .update(update))
        progress.stepInEpoch = index + 1
        progress.step = firstStep + index + 1
        guard total.loss.isFinite else { break }
        progress.total += total
        progress.sampleCount += rowCount
        if worker == 0 {
          progress.seconds = (ContinuousClock.now - start) / .seconds(1)
          observer.progressed(progress)
        }
        stepper.end(worker: worker)
      }
      if worker == 0 {
        let final = progress
        result.withLock { $0 = (final, final.sampleCount < min(count * batchSize, sampleCount)) }
      }
    }
    var (progress, diverged) = result.withLock { $0 }
    progress.seconds = (ContinuousClock.now - start) / .seconds(1)
    step = progress.step
    if diverged {
      throw TrainerError(
        .failed,
        "the loss at step \(step) is not a finite number: training diverged and stopped there; "
          + "nothing was saved. A smaller --learning-rate may help")
    }
    return progress
  }
}

/// A pointer that workers read while nobody writes.
private struct SendablePointer<Pointee>: @unchecked Sendable {
  let pointer: UnsafePointer<Pointee>

  init(_ pointer: UnsafeMutablePointer<Pointee>) {
    self.pointer = UnsafePointer(pointer)
  }
}

extension SampleSource {
  /// Points at a set of images, which has to live as long.
  ///
  /// - Parameter images: The set.
  public init(_ images: ImageSet) {
    self.init(
      images: images.pixels.baseAddress, labels: images.labels.baseAddress,
      pixelCount: images.pixelCount)
  }
}
