import Testing

@testable import Model
@testable import Parallel
@testable import Training

@Suite("A training run")
struct TrainingRunTests {
  /// 230 samples in batches of 50: five steps an epoch, the last of 30 rows.
  static func run(
    threads: Int = 2, pin: WorkerPlacement = .none,
    communicator: any Communicator = SingleProcess(),
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingRun {
    var configuration = TrainingConfiguration(threads: threads)
    configuration.batchSize = 50
    configuration.shardSize = .rows(16)
    configuration.model = Perceptron(hidden: [16]).model
    configuration.epochs = 2
    change(&configuration)
    return try TrainingRun(
      configuration: configuration,
      dataset: try SyntheticImages.dataset(trainingCount: 230, testCount: 90), coreCount: 2,
      pin: pin, communicator: communicator)
  }

  @Test("goes through every sample of every epoch and evaluates after each")
  func epochs() throws {
    let run = try Self.run()
    let observer = RecordingObserver()
    let last = try #require(try run.train(observers: [observer]).last)
    #expect(run.position.step == 10)
    #expect(observer.epochs.map(\.epoch) == [1, 2])
    #expect(observer.epochs.map(\.step) == [5, 10])
    #expect(observer.epochs.map(\.training.sampleCount) == [230, 230])
    #expect(observer.epochs.map(\.test.sampleCount) == [90, 90])
    #expect(last.test == observer.epochs[1].test)
    #expect(last.training.loss < observer.epochs[0].training.loss)
    let progress = observer.progress
    #expect(progress.first?.stepInEpoch == 1)
    #expect(progress.allSatisfy { $0.stepsPerEpoch == 5 && $0.sampleCount <= 230 })
  }

  @Test("has the same digest and figures for any number of threads", arguments: [2, 3, 8])
  func threads(count: Int) throws {
    let runs = try [1, count].map { threads in
      let run = try Self.run(threads: threads)
      let record = try #require(try run.train(observers: [RecordingObserver()]).last)
      return (WeightsDigest.of(run.state), record.training, record.test)
    }
    #expect(runs[0] == runs[1])
  }

  @Test("the seed and the shuffle decide the digest")
  func seeds() throws {
    func digest(_ change: (inout TrainingConfiguration) -> Void) throws -> String {
      let run = try Self.run(change)
      try run.train(observers: [RecordingObserver()])
      return WeightsDigest.of(run.state)
    }
    let plain = try digest { _ in }
    #expect(try digest { _ in } == plain)
    #expect(try digest { $0.seed = 1 } != plain)
    #expect(try digest { $0.shuffle = false } != plain)
  }

  @Test("a step limit ends a run within an epoch", arguments: [1, 3, 5, 7])
  func stepLimit(limit: Int) throws {
    let run = try Self.run { $0.stepLimit = limit }
    let observer = RecordingObserver()
    try run.train(observers: [observer])
    #expect(run.position.step == limit)
    #expect(observer.epochs.map(\.step) == (limit > 5 ? [5, limit] : [limit]))
    let samples = observer.epochs.reduce(0) { $0 + $1.training.sampleCount }
    #expect(samples == (limit / 5) * 230 + limit % 5 * 50)
  }

  @Test("a step limit beyond the last epoch changes nothing")
  func distantLimit() throws {
    let run = try Self.run { $0.stepLimit = .max }
    try run.train(observers: [RecordingObserver()])
    #expect(run.position.step == 10)
  }

  @Test("a loss that is no finite number stops the run, names the step and updates nothing more")
  func divergence() throws {
    func diverge(_ configuration: inout TrainingConfiguration) {
      configuration.optimizer = Optimizer(.sgd)
      configuration.optimizer.learningRate = 1e30
      configuration.model = Perceptron(hidden: [16], batchNorm: false).model
      configuration.epochs = 100
    }
    let run = try Self.run(diverge)
    let observer = RecordingObserver()
    let error = try #require(throws: TrainerError.self) { try run.train(observers: [observer]) }
    #expect(error.code.rawValue == 70)
    #expect(
      error.description.contains("the loss at step \(run.position.step) is not a finite number"))
    #expect(run.position.step > 1)
    #expect(observer.epochs.isEmpty)

    // The same run up to the step before it.
    let shorter = try Self.run { configuration in
      diverge(&configuration)
      configuration.stepLimit = run.position.step - 1
    }
    let shorterError = #expect(throws: TrainerError.self) {
      try shorter.train(observers: [RecordingObserver()])
    }
    #expect(
      shorterError?.description.contains("test loss after step \(run.position.step - 1)") == true)
    #expect(ModelBits(shorter.state).parameters == ModelBits(run.state).parameters)
  }

  @Test("a team of any size stops at the same step", arguments: [1, 3, 8])
  func divergenceOfTeams(threads: Int) throws {
    let steps = try [2, threads].map { threads in
      let run = try Self.run(threads: threads) {
        $0.optimizer.learningRate = 1e30
        $0.epochs = 100
      }
      #expect(throws: TrainerError.self) { try run.train(observers: [RecordingObserver()]) }
      return run.position.step
    }
    #expect(steps[0] == steps[1])
  }

  @Test("an observer's error ends the run and is passed on")
  func observerThrows() throws {
    struct Failure: Error {}
    struct Failing: TrainingObserver {
      func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
        throw Failure()
      }
    }
    let run = try Self.run()
    #expect(throws: Failure.self) { try run.train(observers: [Failing()]) }
    #expect(run.position.step == 5)
  }
}
