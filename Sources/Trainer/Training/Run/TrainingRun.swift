import ImageData
import Model
import Parallel

/// A training run: epochs of steps on a worker team, with an evaluation after each.
public final class TrainingRun {
  /// The settings; a batch size that was not set is one that fits the data.
  public let configuration: TrainingConfiguration
  /// What a user should know of the settings: that the batch was cut to the data; empty for most runs.
  public let notes: [String]
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
  package internal(set) var position = RunPosition()

  /// The samples of the training set that are trained on, and those that are held out.
  package let split: ValidationSplit
  /// Steps from one after which the model's gradient buffer is filled to the next; nil for none.
  ///
  /// It enters no result.
  package var gradientInterval: Int?

  /// Makes a step.
  let stepper: TrainingStep
  let testEvaluator: Evaluator
  /// Nil if no samples are held out.
  let validationEvaluator: Evaluator?
  /// The epoch's sample numbers, in the order of training.
  let order: AlignedBuffer<UInt32>
  /// When the run's seconds were last counted.
  var lastClockReading = ContinuousClock.now

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
    var configuration = configuration
    notes = [configuration.fitBatch(sampleCount: dataset.training.count)].compactMap(\.self)
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
}
