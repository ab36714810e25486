import Testing

@testable import Model
@testable import Training

@Suite("The settings of a run")
struct TrainingConfigurationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let option: String
    let found: String
    let change: @Sendable (inout TrainingConfiguration) -> Void

    var testDescription: String { "\(option) \(found)" }

    init(
      _ option: String, _ found: String,
      _ change: @escaping @Sendable (inout TrainingConfiguration) -> Void
    ) {
      self.option = option
      self.found = found
      self.change = change
    }

    /// A setting's values that make no sense.
    static func values<Value: Sendable>(
      _ option: String, _ place: any WritableKeyPath<TrainingConfiguration, Value> & Sendable,
      _ values: [Value]
    ) -> [Case] {
      values.map { value in Case(option, "\(value)") { $0[keyPath: place] = value } }
    }
  }

  static let unit = [-0.1, 1, 1.5, .nan, .infinity]
  static let refused: [Case] =
    Case.values("--threads", \.threads, [0, -1, 241, .max])
    + Case.values("--epochs", \.epochs, [0, -1, .max])
    + [0, -1].map { (limit: Int) in Case("--steps", "\(limit)") { $0.stepLimit = limit } }
    + Case.values("--batch-size", \.batchSize, [0, -1, 1_001, .max])
    + Case.values("--shard-size", \.shardSize, [0, -1])
    + Case.values(
      "--learning-rate", \.optimizer.learningRate, [0, -0.1, .nan, .infinity, -.infinity])
    + Case.values("--weight-decay", \.optimizer.weightDecay, [-1e-8, .nan, .infinity])
    + OptimizerKind.allCases.flatMap(optimizerValues)

  /// Values that make no sense, of all settings of a rule.
  static func optimizerValues(_ kind: OptimizerKind) -> [Case] {
    Optimizer(kind).settings.flatMap { setting -> [Case] in
      let values =
        switch setting.range {
        case .positive: [0, -0.1, .nan, .infinity]
        case .notNegative: [-1e-8, .nan, .infinity]
        case .belowOne: unit
        }
      return values.map { value in
        Case("--\(setting.name)", "\(value)") {
          $0.optimizer = Optimizer(kind)
          let isKnown = $0.optimizer.set(setting.name, to: value)
          #expect(isKnown)
        }
      }
    }
  }

  @Test("a value that makes no sense is refused by its option's name", arguments: refused)
  func refusals(_ refused: Case) throws {
    var configuration = TrainingConfiguration(threads: 2)
    refused.change(&configuration)
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: 1_000)
    }
    #expect(error.code.rawValue == 64)
    #expect(error.description.hasPrefix("\(refused.option) is \(refused.found); it has to be "))
  }

  static let accepted = [
    Case("--threads", "240") { $0.threads = 240 },
    Case("--epochs", "one") { $0.epochs = 1 },
    Case("--steps", "any") { $0.stepLimit = .max },
    Case("--batch-size", "all") { $0.batchSize = 1_000 },
    Case("--batch-size", "2") { $0.batchSize = 2 },
    Case("--shard-size", "any") { $0.shardSize = .max },
    Case("--model", "none") { $0.model = Perceptron(hidden: []).model },
    Case("--model", "1000 layers") {
      $0.model = Perceptron(hidden: [Int](repeating: 4, count: 1_000)).model
    },
    Case("--epsilon", "0") { _ = $0.optimizer.set("epsilon", to: 0) },
  ]

  @Test("a value at the end of what is allowed is taken", arguments: accepted)
  func acceptances(_ accepted: Case) throws {
    var configuration = TrainingConfiguration(threads: 2)
    accepted.change(&configuration)
    try configuration.validate(sampleCount: 1_000)
    try configuration.validate(sampleCount: nil)
  }

  @Test(
    "batch normalisation refuses a batch of one sample", arguments: [(1, 10), (3, 10), (9, 10)])
  func oneSample(batchSize: Int, sampleCount: Int) throws {
    var configuration = TrainingConfiguration(threads: 2)
    configuration.batchSize = batchSize
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: sampleCount)
    }
    #expect(error.code == .usage)
    #expect(error.description.hasPrefix("--batch-size \(batchSize) leaves a batch of one sample"))
    configuration.model = Perceptron(batchNorm: false).model
    try configuration.validate(sampleCount: sampleCount)
  }

  @Test("a run of the largest shard and dropout rate that are allowed goes through")
  func extremes() throws {
    let run = try TrainingRunTests.run {
      $0.shardSize = .max
      $0.model = Perceptron(dropout: 1 - .ulpOfOne / 2).model
      $0.dropoutMode = .vanilla
    }
    try run.train(observers: [RecordingObserver()])
    #expect(run.position.step == 10)
  }
}
