import ImageData
import Model
import Parallel
import Synchronization

/// A training run: epochs of steps on a worker team, with an evaluation after each.
public final class TrainingRun {
  /// The settings.
  public let configuration: TrainingConfiguration
  /// The data.
  public let dataset: Dataset
  /// The model that is trained.
  package let state: ModelState
  /// The network's description.
  package let architecture: Architecture
  /// Which CPUs the workers are bound to.
  package let pin: WorkerPlacement
  /// The ranks that train together.
  package let communicator: any Communicator
  /// How far the run is.
  package private(set) var position = RunPosition()

  /// The samples of the training set that are trained on, and those that are held out.
  package let split: ValidationSplit
  /// Steps from one after which the model's gradient buffer is filled to the next; nil for none.
  ///
  /// It enters no result.
  package var gradientInterval: Int?

  private let stepper: TrainingStep
  private let testEvaluator: Evaluator
  private let validationEvaluator: Evaluator?
  private let order: AlignedBuffer<UInt32>
  private var lastClockReading = ContinuousClock.now
  /// Whether the last steps ended because an observer asked for a pause.
  private var pauseIsDue = false

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - dataset: The data.
  /// - Throws: ``TrainerError`` if the settings do not fit each other or the data; `SystemRefusal` if
  ///   the system refuses threads or memory; `OpenBLASError`.
  public convenience init(configuration: TrainingConfiguration, dataset: Dataset) throws {
    try self.init(
      configuration: configuration, dataset: dataset, coreCount: UsableCPUs.current().count)
  }

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - dataset: The data.
  ///   - coreCount: The cores that this process may use.
  ///   - pin: Which CPUs the workers are bound to; enters no result.
  ///   - profile: What to record of the workers' doings; nil for nothing.
  ///   - communicator: The ranks that train together, each with such a run of equal settings and data;
  ///     threads may differ. They train, evaluate and make checkpoints at the same time.
  /// - Throws: ``TrainerError`` where the settings do not fit each other or the data, or a worker cannot
  ///   be bound; `SystemRefusal` where the system refuses threads or memory; `OpenBLASError`.
  package init(
    configuration: TrainingConfiguration, dataset: Dataset, coreCount: Int,
    pin: WorkerPlacement = .none, profile: StageProfile.Detail? = nil,
    communicator: any Communicator = SingleProcess()
  ) throws {
    self.communicator = communicator
    try configuration.validate(sampleCount: dataset.training.count)
    self.configuration = configuration
    self.dataset = dataset
    self.pin = pin
    architecture = configuration.architecture(
      inputCount: dataset.training.pixelCount, classCount: dataset.classCount)
    try OpenBLAS.load()
    split = ValidationSplit(
      sampleCount: dataset.training.count, validationCount: configuration.validationCount,
      seed: configuration.seed)
    let network = Network(architecture, seed: configuration.seed)
    state = ModelState(
      network: network, seed: configuration.seed,
      optimizerStateCount: configuration.optimizer.kind.stateCount,
      keepsAverage: configuration.emaDecay != nil,
      ownedParameters: ParameterShares(network, rankCount: communicator.size)
        .range(of: communicator.rank))
    let step = DataParallelStep(
      state: state,
      team: try .placed(count: configuration.threads, coreCount: coreCount, placement: pin),
      batchCapacity: configuration.batchSize, shardSize: configuration.shardSize,
      labelSmoothing: configuration.labelSmoothing,
      profile: profile.map {
        StageProfile(network: network, workerCount: configuration.threads, detail: $0)
      }, communicator: communicator)
    stepper = TrainingStep(
      step: step, optimizer: configuration.optimizer, options: UpdateOptions(configuration))
    let runner = ForwardRunner(state: state, team: step.team, rowCapacity: step.shardSize)
    testEvaluator = Evaluator(
      runner: runner, source: SampleSource(dataset.test), sampleCount: dataset.test.count,
      communicator: communicator)
    validationEvaluator =
      split.validation.isEmpty
      ? nil
      : Evaluator(
        runner: runner, source: SampleSource(dataset.training), samples: split.validation,
        communicator: communicator)
    order = AlignedBuffer(count: split.training.count)
    // Last: what is left has to hold them.
    try OpenBLAS.reserveBuffers(callers: configuration.threads)
  }

  /// What every worker did, where it was recorded.
  package var profile: StageProfile? { stepper.step.profile }

  /// The workers.
  package var team: WorkerTeam { stepper.step.team }

  /// Samples that are trained on in an epoch.
  package var samplesPerEpoch: Int { order.count }

  /// Steps of a whole epoch; the last may have fewer samples.
  package var stepsPerEpoch: Int {
    ShardPlan(
      rowCount: samplesPerEpoch, shardSize: configuration.batchSize * configuration.accumulate
    ).shardCount
  }

  /// The step after which the run ends, if nothing ends it before.
  package var stepLimit: Int {
    min(configuration.epochs * stepsPerEpoch, configuration.stepLimit ?? .max)
  }

  /// The first step that the run, from here on, has figures of.
  ///
  /// The figures of the step that it resumes from are not computed again, unless that is its last and
  /// inside an epoch: the epoch is then evaluated there.
  package var firstFiguresStep: Int {
    if position.step == 0 { return 0 }
    let endsHere = position.step == stepLimit && position.stepInEpoch > 0
    return endsHere ? position.step : position.step + 1
  }

  /// Takes a position that an earlier part of the run had reached; the model's values are the
  /// caller's to restore.
  ///
  /// - Parameters:
  ///   - position: The position.
  ///   - place: Where it was read.
  /// - Throws: ``TrainerError`` where the run with these settings could not be there.
  package func resume(at position: RunPosition, from place: String = "the position") throws {
    try validate(position, from: place)
    guard position.step <= stepLimit else {
      let option = configuration.stepLimit.map { "--steps \($0)" }
      throw TrainerError(
        .usage,
        "the run is at step \(position.step), behind its end at step \(stepLimit) by "
          + "\(option ?? "--epochs \(configuration.epochs)"); it can only grow")
    }
    self.position = position
  }

  /// Why the run is at its end; nil while it is not.
  package var ending: RunEnding? {
    if position.stepInEpoch == 0 {
      if let accuracy = configuration.targetAccuracy, position.epoch(reaching: accuracy) != nil {
        return .targetAccuracy
      }
      if let patience = configuration.earlyStoppingPatience,
        position.epochsWithoutImprovement >= patience
      {
        return .earlyStopping
      }
      if position.step == stepLimit { return .completed }
    }
    return nil
  }

  /// Trains from the present position until the end or until an observer stops it.
  ///
  /// - Parameter observers: Are told how it goes.
  /// - Returns: The figures of the last epoch, nil where it was stopped before the first ended, and
  ///   why the run ended.
  /// - Throws: ``TrainerError`` where the loss is no longer finite, or what an observer throws.
  @discardableResult
  public func train(
    observers: [any TrainingObserver] = []
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    let observer = ObserverGroup(observers: observers)
    stepper.step.parametersChanged()
    lastClockReading = .now
    while true {
      if let ending { return (position.history.last, ending) }
      let end = min(stepsPerEpoch, stepLimit - position.step + position.stepInEpoch)
      setOrder(epoch: UInt32(position.epoch))
      while position.stepInEpoch < end {
        try runSteps(upTo: end, observer: observer)
        if pauseIsDue, try observer.paused(self) == .stop {
          return (position.history.last, .stopped)
        }
      }
      let record = try evaluateEpoch()
      // An epoch that the step limit cut short stays under way: a longer run goes on inside it.
      let isWhole = position.stepInEpoch == stepsPerEpoch
      if isWhole { beginEpoch(after: record) }
      let decision = try observer.finished(record, of: self)
      if !isWhole { return (record, .completed) }
      if ending == nil, decision == .stop { return (record, .stopped) }
    }
  }

  /// What the model that is evaluated makes of the test set; evaluates it once more, on all ranks.
  ///
  /// - Returns: The confusion matrix and the predictions' probabilities.
  package func testOutcome() -> TestOutcome {
    state.swapAverage()
    defer { state.swapAverage() }
    _ = testEvaluator.evaluate()
    return TestOutcome(testEvaluator, images: dataset.test, classCount: dataset.classCount)
  }

  /// Evaluates the model and puts the epoch's figures together.
  private func evaluateEpoch() throws -> EpochRecord {
    state.swapAverage()
    let validation = validationEvaluator?.evaluate()
    let test = testEvaluator.evaluate()
    state.swapAverage()
    // The last step's update meets no other training loss.
    for (name, result) in [("validation", validation), ("test", test)] {
      guard result?.total.loss.isFinite ?? true else {
        throw divergence("\(name) loss after step \(position.step)")
      }
    }
    countSeconds()
    return EpochRecord(
      epoch: position.epoch, step: position.step,
      training: EvaluationResult(total: position.total, sampleCount: position.sampleCount),
      test: test, validation: validation, trainingSeconds: position.trainingSeconds,
      seconds: position.seconds, learningRate: learningRates(position.step))
  }

  private func beginEpoch(after record: EpochRecord) {
    position.history.append(record)
    position.epoch += 1
    position.stepInEpoch = 0
    position.total = LossSum()
    position.sampleCount = 0
    position.trainingSeconds = 0
  }

  /// Adds the time since the last reading to the run's.
  private func countSeconds() {
    let now = ContinuousClock.now
    position.seconds += (now - lastClockReading) / .seconds(1)
    lastClockReading = now
  }

  private func setOrder(epoch: UInt32) {
    if configuration.shuffle {
      EpochOrder.fillShuffled(
        order.elements, samples: split.training, seed: configuration.seed, epoch: epoch)
    } else {
      EpochOrder.fillSequential(order.elements, samples: split.training)
    }
  }

  /// The rate of each step of the epoch under way, as a function that workers may call.
  private var learningRates: @Sendable (_ step: Int) -> Double {
    var plateau = PlateauState()
    for record in position.history {
      plateau.observe(
        record.validation?.loss ?? record.training.loss, schedule: configuration.schedule)
    }
    let base = configuration.optimizer.learningRate
    let schedule = configuration.schedule
    let factor = plateau.factor
    let stepLimit = stepLimit
    let stepsPerEpoch = stepsPerEpoch
    return { step in
      base
        * schedule.factor(
          step: step, totalSteps: stepLimit, stepsPerEpoch: stepsPerEpoch, plateauFactor: factor)
    }
  }

  /// Runs steps of the epoch on the workers, until `end` or until an observer wants a pause.
  private func runSteps(upTo end: Int, observer: ObserverGroup) throws {
    let start = ContinuousClock.now
    let initial = position
    let batchSize = configuration.batchSize
    let rowsPerStep = batchSize * configuration.accumulate
    let source = SampleSource(dataset.training)
    let sampleCount = samplesPerEpoch
    let samples = SendablePointer(order.pointer)
    let learningRates = learningRates
    let gradientInterval = gradientInterval
    let stepper = stepper
    let communicator = communicator
    let stepsPerEpoch = stepsPerEpoch
    let pauses = Atomic(false)
    let result = Mutex<(progress: EpochProgress?, diverged: Bool)>((nil, false))
    stepper.step.team.run { worker in
      // Worker 0 keeps the books; every worker sees the same losses and so stops at the same step.
      var progress = EpochProgress(
        epoch: initial.epoch, step: initial.step, stepInEpoch: initial.stepInEpoch,
        stepsPerEpoch: stepsPerEpoch, total: initial.total, sampleCount: initial.sampleCount,
        seconds: initial.trainingSeconds, learningRate: 0,
        lastStep: LossSum(), lastSampleCount: 0)
      var diverged = false
      stepper.step.begin(worker: worker)
      while progress.stepInEpoch < end {
        let first = progress.stepInEpoch * rowsPerStep
        let rowCount = min(rowsPerStep, sampleCount - first)
        let number = progress.step + 1
        let learningRate = learningRates(number)
        let total = stepper.run(
          worker: worker, batchCount: (rowCount + batchSize - 1) / batchSize,
          batch: { index in
            let start = index * batchSize
            return Batch(
              source: source, samples: samples.pointer + first + start,
              rowCount: min(batchSize, rowCount - start), epoch: UInt32(initial.epoch))
          }, number: number, learningRate: learningRate,
          keepsGradients: gradientInterval.map { number.isMultiple(of: $0) } ?? false)
        progress.stepInEpoch += 1
        progress.step += 1
        guard total.loss.isFinite else {
          diverged = true
          break
        }
        progress.total += total
        progress.sampleCount += rowCount
        if worker == 0 {
          progress.learningRate = learningRate
          progress.lastStep = total
          progress.lastSampleCount = rowCount
          progress.seconds =
            initial.trainingSeconds + (ContinuousClock.now - start) / .seconds(1)
          // The others read it behind the barrier, and it is not written again before another one.
          if communicator.any(observer.progressed(progress)) {
            pauses.store(true, ordering: .relaxed)
          }
        }
        stepper.step.end(worker: worker)
        if pauses.load(ordering: .relaxed) { break }
      }
      if worker == 0 {
        let final = progress
        let hasDiverged = diverged
        result.withLock { $0 = (final, hasDiverged) }
      }
    }
    let (progress, diverged) = result.withLock { $0 }
    guard let progress else { preconditionFailure("worker 0 tells how far it came") }
    position.step = progress.step
    position.stepInEpoch = progress.stepInEpoch
    position.total = progress.total
    position.sampleCount = progress.sampleCount
    position.trainingSeconds =
      initial.trainingSeconds + (ContinuousClock.now - start) / .seconds(1)
    pauseIsDue = pauses.load(ordering: .relaxed)
    countSeconds()
    if diverged { throw divergence("loss at step \(position.step)") }
  }

  private func divergence(_ loss: String) -> TrainerError {
    TrainerError(
      .failed,
      "the \(loss) is not a finite number: training diverged and stopped there; "
        + "its weights were not saved. A smaller --learning-rate may help")
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
  package init(_ images: ImageSet) {
    self.init(
      images: images.pixels.baseAddress, labels: images.labels.baseAddress,
      pixelCount: images.pixelCount)
  }
}
