import Parallel
import Testing

@testable import ImageData
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

  /// Numbers that no text has.
  static let impossibleAugmentations = [\Augmentation.rotation, \.scaling, \.shear, \.erasing].map {
    var augmentation = Augmentation()
    augmentation[keyPath: $0] = 200
    return augmentation
  }
  static let unit = [-0.1, 1, 1.5, .nan, .infinity]
  static let positive = [0, -0.1, 1e300, 1e-300, .nan, .infinity]
  static let shapes = [0, -0.1, 100.1, 1e300, .nan, .infinity, -.infinity]
  static let refused: [Case] =
    Case.values("`threads`", \.threads, [0, -1, 241, .max])
    + Case.values("`epochs`", \.epochs, [0, -1, .max])
    + optional("`steps`", \.stepLimit, [0, -1])
    + Case.values("`batch-size`", \.batchSize, [0, -1, 1_001, .max])
    + Case.values("`shard-size`", \.shardSize, [0, -1, (1 << 20) + 1, .max].map(ShardSize.rows))
    + Case.values("`accumulate`", \.accumulate, [0, -1, 65_537])
    + Case.values("`validation`", \.validationCount, [-1, 1_000])
    + optional(
      "`fold`", \.fold,
      [Fold(0, of: 5), Fold(6, of: 5), Fold(1, of: 1), Fold(1, of: 1_001), Fold(-1, of: -1)])
    + optional("`early-stopping`", \.earlyStoppingPatience, [0, -1])
    + optional("`target-accuracy`", \.targetAccuracy, [0, -0.1, 1.1, .nan])
    + Case.values("`label-smoothing`", \.labelSmoothing, unit)
    + Case.values("`warmup-steps`", \.warmupSteps, [-1])
    + optional("`clip-norm`", \.clipNorm, positive)
    + optional("`max-norm`", \.maxNorm, positive)
    + optional("`class-weights`", \.classWeights, [.given([-1]), .given([1e7]), .given([.nan])])
    + optional("`ema`", \.emaDecay, unit)
    + optional("`average-from`", \.averageFrom, [0, -1, 11])
    + optional("`average-statistics`", \.averageStatistics, [0, -1])
    + optional("`mixup`", \.mixup, shapes)
    + optional("`cutmix`", \.cutmix, shapes)
    + optional("`augment`", \.augmentation, impossibleAugmentations)
    + Case.values(
      "`learning-rate`", \.optimizer.learningRate, [0, -0.1, .nan, .infinity, -.infinity])
    + Case.values("`weight-decay`", \.optimizer.weightDecay, [-1e-8, .nan, .infinity])
    + OptimizerKind.allCases.flatMap(optimizerValues)
    + [("lr-gamma", .step), ("lr-gamma", .plateau)].flatMap { name, kind in
      [0, 1, -0.1, .nan].map { scheduleCase(name, kind, .number($0)) }
    }
    + [("lr-minimum", .cosine), ("lr-minimum", .plateau)].flatMap { name, kind in
      unit.map { scheduleCase(name, kind, .number($0)) }
    }
    + [0, -1].map { scheduleCase("lr-step-epochs", .step, .integer($0)) }
    + [scheduleCase("lr-patience", .plateau, .integer(-1))]

  /// Values that make no sense, of a setting that has none by default.
  static func optional<Value: Sendable>(
    _ option: String, _ place: any WritableKeyPath<TrainingConfiguration, Value?> & Sendable,
    _ values: [Value]
  ) -> [Case] {
    values.map { value in Case(option, "\(value)") { $0[keyPath: place] = value } }
  }

  static func scheduleCase(
    _ name: String, _ kind: LearningRateSchedule.Kind, _ value: Setting.Value
  ) -> Case {
    Case("`\(name)`", "\(value)") {
      $0.schedule = LearningRateSchedule(kind)
      let isKnown = $0.schedule.set(name, to: value)
      #expect(isKnown)
    }
  }

  /// Values that make no sense, of all settings of a rule.
  static func optimizerValues(_ kind: OptimizerKind) -> [Case] {
    Optimizer(kind).settings.flatMap { setting -> [Case] in
      let values: [Double] =
        switch setting.name {
        case "learning-rate": positive
        case "weight-decay", "epsilon": [-1e-8, .nan, .infinity]
        default: unit
        }
      return values.map { value in
        Case("`\(setting.name)`", "\(value)") {
          $0.optimizer = Optimizer(kind)
          let isKnown = $0.optimizer.set(setting.name, to: value)
          #expect(isKnown)
        }
      }
    }
  }

  @Test("a value that makes no sense is refused by its setting's name", arguments: refused)
  func refusals(_ refused: Case) throws {
    var configuration = TrainingConfiguration(threads: 2)
    refused.change(&configuration)
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: 1_000)
    }
    #expect(error.code.rawValue == 64)
    #expect(error.description.hasPrefix("\(refused.option) is \(refused.found); it must be "))
  }

  static let accepted = [
    Case("`threads`", "240") { $0.threads = 240 },
    Case("`epochs`", "one") { $0.epochs = 1 },
    Case("`steps`", "any") { $0.stepLimit = .max },
    Case("`batch-size`", "all") { $0.batchSize = 1_000 },
    Case("`batch-size`", "2") { $0.batchSize = 2 },
    Case("`shard-size`", "largest") { $0.shardSize = .rows(1 << 20) },
    Case("`accumulate`", "largest") { $0.accumulate = 65_536 },
    Case("`validation`", "all but two") { ($0.validationCount, $0.batchSize) = (998, 2) },
    Case("`fold`", "one sample") { $0.fold = Fold(1_000, of: 1_000) },
    Case("`target-accuracy`", "1") { $0.targetAccuracy = 1 },
    Case("`mixup`", "smallest") { $0.mixup = .leastNonzeroMagnitude },
    Case("`cutmix`", "largest") { $0.cutmix = 100 },
    Case("`clip-norm`", "smallest") { $0.clipNorm = Double(Float.leastNormalMagnitude) },
    Case("`ema`", "0") { $0.emaDecay = 0 },
    Case("`average-from`", "last") { ($0.averageFrom, $0.epochs) = (3, 3) },
    Case("`average-statistics`", "all") { ($0.emaDecay, $0.averageStatistics) = (0.9, .max) },
    Case("`model`", "none") { $0.model = Perceptron(hidden: []).model },
    Case("`model`", "1000 layers") {
      $0.model = Perceptron(hidden: [Int](repeating: 4, count: 1_000)).model
    },
    Case("`epsilon`", "0") { _ = $0.optimizer.set("epsilon", to: 0) },
  ]

  @Test("every setting with limits is among the refused ones")
  func complete() {
    let declared = TrainingConfiguration.declarations.filter {
      !["shuffle", "seed", "stratify", "engine", "model", "dropout-mode"].contains($0.name)
    }
    let refused = Set(Self.refused.map(\.option))
    for name in declared.map(\.name) { #expect(refused.contains("`\(name)`"), "\(name)") }
  }

  @Test("without a number of threads has one for each usable CPU, as far as that is allowed")
  func defaultThreads() throws {
    let configuration = TrainingConfiguration()
    #expect(configuration == TrainingConfiguration(threads: UsableCPUs.current().count))
    try configuration.validate(sampleCount: nil)
    #expect(TrainingConfiguration.defaultThreads(cores: 7) == 7)
    #expect(TrainingConfiguration.defaultThreads(cores: 1000) == 240)
  }

  @Test("the names of all settings are those that records may have")
  func names() {
    let all = TrainingConfiguration.declarations.map(\.name)
    #expect(Set(all).count == all.count)
    for optimizer in OptimizerKind.allCases {
      for schedule in LearningRateSchedule.Kind.allCases {
        var configuration = TrainingConfiguration(threads: 2)
        configuration.optimizer = Optimizer(optimizer)
        configuration.schedule = LearningRateSchedule(schedule)
        (configuration.stepLimit, configuration.emaDecay) = (1, 0)
        let names = configuration.settings.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(TrainingConfiguration.settingNames.isSuperset(of: names))
        #expect(names.contains("steps") && names.contains("ema") && !names.contains("threads"))
      }
    }
  }

  @Test("the defaults are allowed for every optimizer and schedule, and for data of any size")
  func defaults() throws {
    var configuration = TrainingConfiguration(threads: 1)
    for optimizer in OptimizerKind.allCases {
      for schedule in LearningRateSchedule.Kind.allCases {
        configuration.optimizer = Optimizer(optimizer)
        configuration.schedule = LearningRateSchedule(schedule)
        try configuration.validate(sampleCount: nil)
      }
    }
    for count in 2...1_100 { try configuration.validate(sampleCount: count) }
    configuration.model = Perceptron(batchNorm: false).model
    for count in 1...1_100 { try configuration.validate(sampleCount: count) }
  }

  @Test("a value at the end of what is allowed is taken", arguments: accepted)
  func acceptances(_ accepted: Case) throws {
    var configuration = TrainingConfiguration(threads: 2)
    accepted.change(&configuration)
    try configuration.validate(sampleCount: 1_000)
    try configuration.validate(sampleCount: nil)
  }

  @Test(
    "batch normalization refuses a batch of one sample", arguments: [(1, 10), (3, 10), (9, 10)])
  func oneSample(batchSize: Int, sampleCount: Int) throws {
    var configuration = TrainingConfiguration(threads: 2)
    configuration.batchSize = batchSize
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: sampleCount)
    }
    #expect(error.code == .usage)
    #expect(error.description.hasPrefix("`batch-size` \(batchSize) leaves a batch of one sample"))
    configuration.model = Perceptron(batchNorm: false).model
    try configuration.validate(sampleCount: sampleCount)
  }

  @Test("a run of the largest shard and dropout rate that are allowed goes through")
  func extremes() throws {
    let run = try TrainingRunTests.run {
      $0.shardSize = .rows(1 << 20)
      $0.model = Perceptron(dropout: 1 - .ulpOfOne / 2).model
      $0.dropoutMode = .vanilla
    }
    try run.train(observers: [RecordingObserver()])
    #expect(run.position.step == 10)
  }
}
