import Files
import ImageData
import Model
import Parallel

/// A training run: epochs of optimizer steps on a team of workers, with an evaluation after each
/// epoch.
public final class TrainingRun {
  /// The settings; a batch size that was not set is one that fits the data.
  public let configuration: TrainingConfiguration
  /// Notes on the settings for the user: that the batch was cut to the data; empty for most runs.
  public let notes: [Message]
  /// The data.
  public let dataset: Dataset
  /// The model that is trained.
  package let state: ModelState
  /// The network's description.
  package let architecture: Architecture
  /// The placement of the workers on CPUs.
  package let pin: WorkerPlacement
  /// The ranks that train together.
  package let communicator: any Communicator
  /// The run's progress.
  package internal(set) var position = RunPosition()

  /// The samples of the training set used for training, and those held out for validation.
  package let split: ValidationSplit
  /// The interval in steps after which the model's gradient buffer contains the gradients of the
  /// step; nil if it never needs to.
  ///
  /// It does not affect the result.
  package var gradientInterval: Int?
  /// Learning rates in place of those of the settings, for a range test; nil for a training run.
  package var learningRateSweep: LearningRateSweep?
  /// Performs the steps.
  let trainingStep: TrainingStep
  let testEvaluator: Evaluator
  /// Nil if no samples are held out for validation.
  let validationEvaluator: Evaluator?
  /// The indices of the current epoch's samples in the training set, in training order.
  let order: AlignedBuffer<UInt32>
  /// When the position's `seconds` were last updated.
  var lastClockReading = ContinuousClock.now

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - dataset: The data.
  /// - Throws: ``TrainerError`` if the settings do not fit each other or the data; `SystemRefusal`
  ///   if the system refuses threads or memory; `OpenBLASError`.
  public convenience init(configuration: TrainingConfiguration, dataset: Dataset) throws {
    try self.init(
      configuration: configuration, dataset: dataset, coreCount: UsableCPUs.current().count)
  }

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - dataset: The data.
  ///   - coreCount: The number of cores that this process may use.
  ///   - pin: How the workers are bound to CPUs; does not affect the result.
  ///   - profile: How much detail of the workers' activity to record; nil for none.
  ///   - communicator: The ranks that train together. Each has a run with equal settings and data;
  ///     only the number of threads may differ. All ranks train, evaluate and make checkpoints
  ///     together.
  /// - Throws: ``TrainerError`` if the settings do not fit each other or the data, or a worker
  ///   cannot be bound; `SystemRefusal` if the system refuses threads or memory; `OpenBLASError`.
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
    architecture = try configuration.architecture(for: dataset)
    try configuration.engine.load()
    split = ValidationSplit(
      configuration.heldOut, of: dataset.training.labels, isStratified: configuration.stratify,
      seed: configuration.seed)
    let network = Network(architecture, seed: configuration.seed, engine: configuration.engine)
    state = ModelState(
      network: network, seed: configuration.seed,
      optimizerStateCount: configuration.optimizer.kind.stateCount,
      keepsAverage: configuration.keepsAverage,
      ownedParameters: ParameterShares(network, rankCount: communicator.size)
        .range(of: communicator.rank))
    let computation = BatchComputation(
      state: state,
      team: try .placed(count: configuration.threads, coreCount: coreCount, placement: pin),
      batchCapacity: configuration.batchSize, shardSize: configuration.shardSize,
      labelSmoothing: configuration.labelSmoothing,
      classWeights: try configuration.classWeights?.values(
        labels: dataset.training.labels, samples: split.training, classCount: dataset.classCount),
      distorter: try configuration.distorter(for: dataset.training.imageSize),
      mixer: configuration.mixer(for: dataset.training.imageSize, partners: split.training),
      profile: profile.map {
        StageProfile(network: network, workerCount: configuration.threads, detail: $0)
      }, communicator: communicator)
    trainingStep = TrainingStep(
      computation: computation, optimizer: configuration.optimizer,
      options: UpdateOptions(
        configuration,
        stepsPerEpoch: configuration.stepsPerEpoch(sampleCount: split.training.count)))
    let runner = ForwardRunner(
      state: state, team: computation.team, rowCapacity: LeafPlan.blockRows)
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
    // Last, when all other memory is allocated.
    try configuration.engine.reserve(callers: configuration.threads)
  }

  /// The recorded activity of the workers; nil if it is not recorded.
  package var profile: StageProfile? { trainingStep.profile }

  /// The workers.
  package var team: WorkerTeam { trainingStep.team }

  /// The number of samples trained on in one epoch.
  package var samplesPerEpoch: Int { order.count }

  /// The number of steps of one complete epoch; the last may have fewer samples.
  package var stepsPerEpoch: Int { configuration.stepsPerEpoch(sampleCount: samplesPerEpoch) }

  /// The number of steps after which the run ends, if nothing ends it earlier.
  package var stepLimit: Int {
    min(configuration.epochs * stepsPerEpoch, configuration.stepLimit ?? .max)
  }

  /// The first step for which the run reports metrics from now on.
  ///
  /// The metrics of the step that it resumes from are not computed again. The exception is a last
  /// step within an epoch: the epoch is then evaluated after this step once more. A run that an
  /// observer stopped after all steps of an epoch had not evaluated it yet.
  package var firstFiguresStep: Int {
    if position.step == 0 { return 0 }
    let isWithinEpoch = position.stepInEpoch > 0 && position.stepInEpoch < stepsPerEpoch
    return position.step == stepLimit && isWithinEpoch ? position.step : position.step + 1
  }

  /// Sets the position to one that an earlier part of the run reached.
  ///
  /// The caller must restore the model's values.
  ///
  /// - Parameters:
  ///   - position: The position.
  ///   - place: Where it was read, for messages.
  /// - Throws: ``TrainerError`` if a run with these settings and data cannot have this position.
  package func resume(at position: RunPosition, from place: String = "the position") throws {
    try validate(position, from: place)
    guard position.step <= stepLimit else {
      // The one that ends the run first.
      let (name, value) =
        configuration.stepLimit == stepLimit
        ? ("steps", stepLimit) : ("epochs", configuration.epochs)
      throw TrainerError(
        .usage,
        "the run is already at step \(position.step), but its end is at step \(stepLimit) with "
          + "\(setting: name) \(value), which must not be reduced")
    }
    self.position = position
  }

  /// The reason why the run is at its end; nil if it is not.
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
