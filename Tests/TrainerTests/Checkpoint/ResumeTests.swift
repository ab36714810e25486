import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import Training

/// Asks for a pause after each of some steps, and keeps a checkpoint of it.
private final class Snapshots: TrainingObserver {
  let steps: Set<Int>
  let folder: CheckpointFolder
  let stopsAt: Int?

  init(steps: Set<Int>, folder: CheckpointFolder, stopsAt: Int? = nil) {
    self.steps = steps
    self.folder = folder
    self.stopsAt = stopsAt
  }

  func progressed(_ progress: EpochProgress) -> Bool {
    steps.contains(progress.step) || progress.step == stopsAt
  }

  func paused(_ run: TrainingRun) throws -> RunDecision {
    try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    return run.position.step == stopsAt ? .stop : .proceed
  }
}

/// An identity as this process would write it, without data.
func testIdentity(
  _ run: TrainingRun, dataset: [String: String] = [:]
) -> RunIdentity {
  RunIdentity(
    configuration: run.configuration, initialWeights: nil, dataset: dataset, machine: machine())
}

@Suite("A run that is resumed")
struct ResumeTests {
  private let files: TemporaryFolder
  private let folder: CheckpointFolder

  init() throws {
    files = try TemporaryFolder()
    folder = CheckpointFolder(path: files.url.path(), keep: 100)
  }

  /// What must not depend on whether the run was stopped: everything but the times.
  private func outcome(_ run: TrainingRun) -> ([EpochRecord], ModelBits, Int) {
    let history = run.position.history.map { record in
      var record = record
      record.seconds = 0
      record.trainingSeconds = 0
      return record
    }
    return (history, ModelBits(run.state), run.position.step)
  }

  @Test(
    "from any step, with any number of threads, ends with the bits of the uninterrupted run",
    arguments: OptimizerKind.allCases)
  func everyStep(kind: OptimizerKind) throws {
    func change(_ configuration: inout TrainingConfiguration) {
      configuration.optimizer = Optimizer(kind)
    }
    let unbroken = try TrainingRunTests.run(change)
    let steps = Set(1..<10)
    try unbroken.train(observers: [Snapshots(steps: steps, folder: folder)])
    let expected = outcome(unbroken)
    for step in steps {
      let resumed = try TrainingRunTests.run(threads: 1 + step % 4, change)
      try Checkpoint(path: folder.file(step: step)).restore(resumed)
      #expect(resumed.position.step == step)
      try resumed.train()
      #expect(outcome(resumed) == expected, "from step \(step)")
    }
  }

  @Test(
    "with schedules, limits, averages and validation has the bits of the uninterrupted run",
    arguments: [nil, 2])
  func everythingOn(averageStatistics: Int?) throws {
    func change(_ configuration: inout TrainingConfiguration) {
      configuration.batchSize = 16
      configuration.accumulate = 3
      configuration.shardSize = .rows(5)
      configuration.validationCount = 40
      var plateau = ReduceOnPlateau()
      plateau.patience = 0
      configuration.schedule = .plateau(plateau)
      configuration.warmupSteps = 3
      configuration.clipNorm = 0.5
      configuration.maxNorm = 1
      configuration.labelSmoothing = 0.1
      configuration.augmentation = augmentationOfEverything
      (configuration.mixup, configuration.cutmix) = (0.4, 1)
      configuration.emaDecay = 0.9
      configuration.averageStatistics = averageStatistics
      configuration.epochs = 6
      // The loss goes up and down, so that the rate is reduced.
      configuration.optimizer = Optimizer(.sgd)
      configuration.optimizer.learningRate = 20
    }
    let unbroken = try TrainingRunTests.run(change)
    let last = unbroken.stepLimit
    try unbroken.train(observers: [Snapshots(steps: Set(1..<last), folder: folder)])
    let expected = outcome(unbroken)
    #expect(Set(unbroken.position.history.map(\.learningRate)).count > 1)
    for step in 1..<last {
      let resumed = try TrainingRunTests.run(threads: 1 + step % 4, change)
      try Checkpoint(path: folder.file(step: step)).restore(resumed)
      try resumed.train()
      #expect(outcome(resumed) == expected && resumed.digest == unbroken.digest, "step \(step)")
    }
  }

  @Test("of a stratified fold has the bits of the uninterrupted run")
  func fold() throws {
    func change(_ configuration: inout TrainingConfiguration) {
      (configuration.fold, configuration.stratify) = (Fold(2, of: 4), true)
      configuration.epochs = 3
    }
    let unbroken = try TrainingRunTests.run(change)
    try unbroken.train(observers: [Snapshots(steps: [2, 4, 7], folder: folder)])
    let expected = outcome(unbroken)
    #expect(expected.0.allSatisfy { $0.validation?.sampleCount == 58 })
    for step in [2, 4, 7] {
      let resumed = try TrainingRunTests.run(threads: 1 + step % 4, change)
      try Checkpoint(path: folder.file(step: step)).restore(resumed)
      try resumed.train()
      #expect(outcome(resumed) == expected && resumed.digest == unbroken.digest, "step \(step)")
    }
  }

  @Test("with layers that the product does not know has the bits of the uninterrupted run")
  func unknownLayers() throws {
    func change(_ configuration: inout TrainingConfiguration) {
      configuration.model = ModelDescription([
        ModelItem([ToyKind(units: 9), ReLUKind()]), ModelItem([ToyKind(units: 7)]),
      ])
      configuration.emaDecay = 0.9
      configuration.shardSize = .rows(7)
    }
    let unbroken = try TrainingRunTests.run(change)
    try unbroken.train(observers: [Snapshots(steps: [3, 7], folder: folder)])
    #expect(unbroken.state.network.layers.count { $0 is ToyLayer } == 2)
    let expected = outcome(unbroken)
    for (step, threads) in [(3, 1), (7, 4)] {
      let resumed = try TrainingRunTests.run(threads: threads, change)
      try Checkpoint(path: folder.file(step: step)).restore(resumed)
      try resumed.train()
      #expect(outcome(resumed) == expected && resumed.digest == unbroken.digest, "step \(step)")
    }
  }

  @Test("at its end does nothing and has the same metrics")
  func complete() throws {
    let run = try TrainingRunTests.run()
    let (last, ending) = try run.train()
    try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    let resumed = try TrainingRunTests.run()
    try Checkpoint(path: folder.file(step: 10)).restore(resumed)
    let bits = ModelBits(resumed.state)
    let observer = RecordingObserver()
    let again = try resumed.train(observers: [observer])
    #expect(again.last == last && again.ending == ending && ending == .completed)
    #expect(observer.progress.isEmpty && observer.epochs.isEmpty)
    #expect(ModelBits(resumed.state) == bits)
  }

  @Test("continues within an epoch that a step limit had cut short", arguments: [7, 5])
  func grownStepLimit(limit: Int) throws {
    let unbroken = try TrainingRunTests.run()
    try unbroken.train()
    let short = try TrainingRunTests.run { $0.stepLimit = limit }
    let record = try #require(try short.train().last)
    #expect(record.step == limit)
    try folder.write(Checkpoint(of: short, identity: testIdentity(short)))
    let longer = try TrainingRunTests.run()
    try Checkpoint(path: folder.file(step: limit)).restore(longer)
    try longer.train()
    #expect(outcome(longer) == outcome(unbroken))
  }

  @Test("with more epochs has the bits of the longer run")
  func grownEpochs() throws {
    let unbroken = try TrainingRunTests.run { $0.epochs = 3 }
    try unbroken.train()
    let short = try TrainingRunTests.run()
    try short.train()
    try folder.write(Checkpoint(of: short, identity: testIdentity(short)))
    let longer = try TrainingRunTests.run { $0.epochs = 3 }
    try Checkpoint(path: folder.file(step: 10)).restore(longer)
    try longer.train()
    #expect(outcome(longer) == outcome(unbroken))
  }

  @Test(
    "with an end before its position is refused by the setting that sets this end",
    arguments: [
      (1, 11, "`epochs` 1"), (1, nil, "`epochs` 1"), (2, 7, "`steps` 7"), (1, 3, "`steps` 3"),
    ] as [(Int, Int?, String)])
  func reducedLimit(epochs: Int, steps: Int?, name: String) throws {
    let run = try TrainingRunTests.run { ($0.epochs, $0.stepLimit) = (epochs, steps) }
    let error = #expect(throws: TrainerError.self) {
      try run.resume(at: RunPosition(step: 9, of: run))
    }
    #expect(
      error?.description.contains("with \(name), which must not be reduced") == true,
      "\(String(describing: error))")
  }

  @Test("with a step limit below its position is refused")
  func shrunk() throws {
    let run = try TrainingRunTests.run()
    try run.train()
    try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    let shorter = try TrainingRunTests.run { $0.epochs = 1 }
    let before = ModelBits(shorter.state)
    let error = #expect(throws: TrainerError.self) {
      try Checkpoint(path: folder.file(step: 10)).restore(shorter)
    }
    #expect(error?.description.contains("`epochs` 1") == true)
    #expect(error?.code == .usage)
    #expect(ModelBits(shorter.state) == before)
  }

  @Test("is stopped by an observer between two steps, on every worker", arguments: [1, 2, 5])
  func stop(threads: Int) throws {
    let run = try TrainingRunTests.run(threads: threads)
    let (last, ending) = try run.train(
      observers: [Snapshots(steps: [], folder: folder, stopsAt: 3)])
    #expect(last == nil && ending == .stopped)
    #expect(run.position.step == 3 && run.position.stepInEpoch == 3)
  }
}
