import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import Training

extension RunPosition {
  /// A position that a run may be at, with made-up figures.
  init(step: Int, of run: TrainingRun) {
    self.init()
    let epochs = step / run.stepsPerEpoch
    func figures(_ count: Int) -> EvaluationResult {
      var total = LossSum()
      total.loss = Double(count)
      total.correct = count / 2
      return EvaluationResult(total: total, sampleCount: count)
    }
    for number in 0..<epochs {
      history.append(
        EpochRecord(
          epoch: number + 1, step: (number + 1) * run.stepsPerEpoch,
          training: figures(run.samplesPerEpoch), test: figures(run.dataset.test.count),
          validation: run.split.validation.isEmpty ? nil : figures(run.split.validation.count),
          trainingSeconds: 1, seconds: 2 * Double(number + 1), learningRate: 0.001))
    }
    self.step = step
    epoch = epochs + 1
    stepInEpoch = step % run.stepsPerEpoch
    sampleCount = min(
      stepInEpoch * run.configuration.batchSize * run.configuration.accumulate, run.samplesPerEpoch)
    total = figures(sampleCount).total
    trainingSeconds = stepInEpoch == 0 ? 0 : 0.5
    seconds = Double(step)
  }
}

@Suite("A position that the run cannot reach")
struct PositionTests {
  /// In the second of two epochs, of five steps each; the fifth has 30 samples.
  private func run() throws -> TrainingRun {
    try TrainingRunTests.run { $0.validationCount = 0 }
  }

  @Test("is distinguished from all positions that the run reaches")
  func valid() throws {
    let run = try run()
    for step in 0...10 { try run.resume(at: RunPosition(step: step, of: run)) }
    // A signal came after the epoch's last step, before its evaluation.
    var position = RunPosition(step: 9, of: run)
    position.step = 10
    position.stepInEpoch = 5
    position.sampleCount = 230
    try run.resume(at: position)
  }

  /// What is changed, and the field that is named.
  static let changes: [(field: String, change: @Sendable (inout RunPosition) -> Void)] = [
    ("epoch", { $0.epoch = 0 }),
    ("epoch", { $0.epoch = -1 }),
    ("epoch", { $0.epoch = .max }),
    ("epoch", { $0.history = [] }),
    ("stepInEpoch", { $0.stepInEpoch = -5 }),
    ("stepInEpoch", { $0.stepInEpoch = -1_000_000_000 }),
    ("stepInEpoch", { $0.stepInEpoch = .max }),
    ("stepInEpoch", { $0.stepInEpoch = 6 }),
    ("step", { $0.stepInEpoch = 1 }),
    ("step", { $0.step = -3 }),
    ("step", { $0.step = .max }),
    ("sampleCount", { $0.sampleCount = -1 }),
    ("sampleCount", { $0.sampleCount = .max }),
    ("total.loss", { $0.total.loss = 1.7e308 }),
    ("total.loss", { $0.total.loss = .nan }),
    ("total.correct", { $0.total.correct = 1000 }),
    ("trainingSeconds", { $0.trainingSeconds = 0 }),
    ("trainingSeconds", { $0.trainingSeconds = -1 }),
    ("trainingSeconds", { $0.trainingSeconds = .leastNonzeroMagnitude }),
    ("seconds", { $0.seconds = -1 }),
    ("seconds", { $0.seconds = .infinity }),
    ("seconds", { $0.seconds = 1e300 }),
    ("history[0].epoch", { $0.history[0].epoch = 2 }),
    ("history[0].step", { $0.history[0].step = 4 }),
    ("history[0].training.sampleCount", { $0.history[0].training.sampleCount = 0 }),
    ("history[0].training.total.loss", { $0.history[0].training.total.loss = -.infinity }),
    ("history[0].test.sampleCount", { $0.history[0].test.sampleCount = -1 }),
    ("history[0].test.total.correct", { $0.history[0].test.total.correct = -1 }),
    ("history[0].validation", { $0.history[0].validation = $0.history[0].test }),
    ("history[0].trainingSeconds", { $0.history[0].trainingSeconds = 0 }),
    ("history[0].seconds", { $0.history[0].seconds = .nan }),
    ("history[0].learningRate", { $0.history[0].learningRate = .nan }),
  ]

  @Test("is refused with the name of the field, what was found and what was expected")
  func invalid() throws {
    let run = try run()
    for (field, change) in Self.changes {
      var position = RunPosition(step: 7, of: run)
      change(&position)
      let error = #expect(throws: TrainerError.self, "\(field)") {
        try run.resume(at: position, from: "checkpoint")
      }
      #expect(error?.code == .badData)
      let text = error?.description ?? ""
      #expect(text.hasPrefix("checkpoint: field `position.\(field)`: found "), "\(text)")
      #expect(text.contains("expected "), "\(text)")
      #expect(run.position == RunPosition())
    }
  }

  @Test("in a file with a valid digest is refused before the model changes")
  func file() throws {
    let files = try TemporaryFolder()
    let run = try run()
    try run.resume(at: RunPosition(step: 7, of: run))
    // Another batch size has other steps.
    let other = try TrainingRunTests.run { $0.batchSize = 60 }
    let path = files.path("checkpoint")
    try Checkpoint(of: run, identity: testIdentity(run)).write(path: path)
    let before = ModelBits(other.state)
    let error = #expect(throws: TrainerError.self) { try Checkpoint(path: path).restore(other) }
    #expect(error?.description.hasPrefix("\(path): field `position.") == true)
    #expect(ModelBits(other.state) == before)
  }
}
