import Machine
import Model
import Parallel
import Training

/// The first line of a metrics file: the run's settings, data, version and machine.
struct StartRecord: Encodable {
  let version = TrainerVersion.current
  let threads: Int
  let pin: WorkerPlacement
  let ranks: Int?
  let epochs: Int
  let steps: Int?
  let batchSize: Int
  let shardSize: Int
  let model: ModelDescription
  let dropoutMode: Dropout.Mode
  let shuffle: Bool
  let optimizer: OptimizerKind
  let optimizerSettings: [String: Setting.Value]
  let seed: UInt64
  /// Every effective setting, by name.
  let settings: [String: Setting.Value]
  let `init`: String?
  let machine: Machine
  /// OpenBLAS's core: the name of its set of kernels, which affects results; nil if OpenBLAS is not
  /// used.
  let blasCore: String?
  let dataset: DatasetRecord
  let parameters: Int

  init(_ run: TrainingRun, machine: Machine, initialWeights: String?) {
    let configuration = run.configuration
    threads = configuration.threads
    pin = run.pin
    ranks = run.severalRanks
    epochs = configuration.epochs
    steps = configuration.stepLimit
    batchSize = configuration.batchSize
    shardSize = configuration.shardSize.rows(for: run.state.network)
    model = configuration.model
    dropoutMode = configuration.dropoutMode
    shuffle = configuration.shuffle
    optimizer = configuration.optimizer.kind
    optimizerSettings = Dictionary(
      uniqueKeysWithValues: configuration.optimizer.settings.map {
        ($0.name.split(separator: "-").joined(separator: "_"), $0.value)
      })
    seed = configuration.seed
    settings = Dictionary(
      uniqueKeysWithValues: configuration.settings.map { ($0.name, $0.value) })
    `init` = initialWeights
    self.machine = machine
    blasCore = machine.openBLAS?.core
    dataset = DatasetRecord(run.dataset)
    parameters = run.state.network.parameters.valueCount
  }
}

/// A line of a metrics file: the name of an event, and the fields of its content.
struct EventLine<Content: Encodable>: Encodable {
  let event: String
  let content: Content

  private enum CodingKeys: String, CodingKey {
    case event
  }

  func encode(to encoder: any Encoder) throws {
    try content.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(event, forKey: .event)
  }
}

/// The line at the start of a resumed part of the run.
struct ResumeRecord: Encodable {
  let step: Int
}

/// The last line of a part that a signal stopped.
struct StopRecord: Encodable {
  let step: Int
  let signal: String
}
