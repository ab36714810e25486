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
    trainSeconds = record.trainingSeconds
    samplesPerSecond = record.samplesPerSecond
    learningRate = record.learningRate
  }
}

/// The last line.
struct EndRecord: Encodable {
  let event = "end"
  let step: Int
  let seconds: Double
  let testAccuracy: Double
  let weightsDigest: String
}
