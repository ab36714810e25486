import MNISTData
import Model

/// The first line of a metrics file: what ran, where, on what.
struct StartRecord: Encodable {
  let event = "start"
  let version = TrainerVersion.current
  let threads: Int
  let epochs: Int
  let steps: Int?
  let batchSize: Int
  let shardSize: Int
  let hidden: [Int]
  let dropout: Double
  let dropoutMode: Dropout.Mode
  let batchNorm: Bool
  let shuffle: Bool
  let optimizer: OptimizerKind
  let optimizerSettings: [String: Double]
  let seed: UInt64
  let `init`: String?
  let machine: Machine
  /// The OpenBLAS core, of which results are a function.
  let kernel: String
  let dataset: DatasetRecord
  let parameters: Int

  init(_ run: TrainingRun, machine: Machine, initialWeights: String?) {
    let configuration = run.configuration
    threads = configuration.threads
    epochs = configuration.epochs
    steps = configuration.stepLimit
    batchSize = configuration.batchSize
    shardSize = configuration.shardSize
    hidden = configuration.hidden
    dropout = configuration.dropout
    dropoutMode = configuration.dropoutMode
    batchNorm = configuration.batchNorm
    shuffle = configuration.shuffle
    optimizer = configuration.optimizer.kind
    optimizerSettings = Dictionary(
      uniqueKeysWithValues: configuration.optimizer.usedSettings.map {
        ($0.name.split(separator: "-").joined(separator: "_"), $0.value)
      })
    seed = configuration.seed
    `init` = initialWeights
    self.machine = machine
    kernel = machine.openBLAS.core
    dataset = DatasetRecord(run.dataset)
    parameters = run.state.network.parameters.valueCount
  }
}

/// The data set of a run.
struct DatasetRecord: Encodable {
  let name: String
  let directory: String
  let training: Int
  let test: Int
  let rows: Int
  let columns: Int
  let classes: Int

  init(_ dataset: Dataset) {
    name = dataset.name
    directory = dataset.directory
    training = dataset.training.count
    test = dataset.test.count
    rows = dataset.training.rows
    columns = dataset.training.columns
    classes = dataset.classCount
  }
}

/// The line of an epoch.
struct EpochLine: Encodable {
  let event = "epoch"
  let epoch: Int
  let step: Int
  let trainLoss: Double
  let trainAccuracy: Double
  let testLoss: Double
  let testAccuracy: Double
  let validationLoss: Double?
  let validationAccuracy: Double?
  let trainSeconds: Double
  let samplesPerSecond: Double
  let learningRate: Double

  init(_ record: EpochRecord) {
    epoch = record.epoch
    step = record.step
    trainLoss = record.training.loss
    trainAccuracy = record.training.accuracy
    testLoss = record.test.loss
    testAccuracy = record.test.accuracy
    validationLoss = record.validation?.loss
    validationAccuracy = record.validation?.accuracy
    trainSeconds = record.trainingSeconds
    samplesPerSecond = record.samplesPerSecond
    learningRate = record.learningRate
  }
}

/// The line where a later part of the run begins.
struct ResumeRecord: Encodable {
  let event = "resume"
  let step: Int
}

/// The last line of a part that a signal ended.
struct StopRecord: Encodable {
  let event = "stop"
  let step: Int
  let signal: String
}

/// The last line.
public struct EndRecord: Encodable, Sendable {
  let event = "end"
  let step: Int
  let seconds: Double
  let testAccuracy: Double
  let bestEpoch: Int
  let bestTestAccuracy: Double
  /// What ended the run before its last epoch, if anything did.
  let endedBy: RunEnding?
  /// When `target-accuracy` was reached, if it was given and was.
  let targetEpoch: Int?
  let targetSeconds: Double?
  let weightsDigest: String

  /// Describes a run at its end.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The figures of its last epoch.
  ///   - ending: Why it ended.
  ///   - seconds: Seconds of all its parts.
  ///   - digest: The digest of its weights.
  public init(
    run: TrainingRun, last: EpochRecord, ending: RunEnding, seconds: Double, digest: String
  ) {
    step = run.position.step
    self.seconds = seconds
    testAccuracy = last.test.accuracy
    let best = run.position.best ?? last
    bestEpoch = best.epoch
    bestTestAccuracy = best.test.accuracy
    endedBy = ending == .completed ? nil : ending
    let reached = run.configuration.targetAccuracy.flatMap(run.position.epoch(reaching:))
    targetEpoch = reached?.epoch
    targetSeconds = reached?.seconds
    weightsDigest = digest
  }
}
