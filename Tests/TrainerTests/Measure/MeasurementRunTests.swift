import Foundation
import TestSupport
import Testing

@testable import Machine
@testable import Model
@testable import Parallel
@testable import Scaling
@testable import Training

@Suite("A measurement")
struct MeasurementRunTests {
  private static func configuration(threads: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: threads)
    configuration.batchSize = 50
    configuration.shardSize = .rows(16)
    configuration.model = Perceptron(hidden: [24, 16]).model
    return configuration
  }

  private static func measure(
    threads: Int, _ length: MeasurementPlan.Length
  ) throws -> TrainingMeasurement {
    try MeasurementRun.measure(
      configuration: configuration(threads: threads),
      dataset: try SyntheticImages.dataset(trainingCount: 230, testCount: 20), usable: .current(),
      machine: .current(), pin: .none,
      plan: try MeasurementPlan(length: length, warmUpSteps: 3, batchSize: 50))
  }

  @Test("counts its steps' samples over epochs, the smaller last batches included")
  func counts() throws {
    let measurement = try Self.measure(threads: 2, .steps(9))
    // Five steps an epoch: 4, 5 of the first; 6 to 10; 11, 12.
    #expect(measurement.steps == 9)
    #expect(measurement.samples == 50 + 30 + 230 + 100)
    #expect(measurement.seconds > 0)
    #expect(measurement.warmUpSteps == 3)
    #expect(
      measurement.configuration
        == MeasuredConfiguration(threads: 2, batchSize: 50, shardSize: 16))
  }

  @Test("lasts for at least the requested seconds")
  func seconds() throws {
    let measurement = try Self.measure(threads: 1, .seconds(0.05))
    #expect(measurement.seconds >= 0.05)
    #expect(measurement.digestStep == 3)
  }

  @Test("ends with the first step after the requested seconds")
  func lastStep() throws {
    let plan = try MeasurementPlan(length: .seconds(1), warmUpSteps: 2, batchSize: 50)
    let times = ProcessorTimes(clock: 0, own: 0)
    let observer = MeasurementObserver(plan: plan) { times }
    let run = try TrainingRun(
      configuration: Self.configuration(threads: 1),
      dataset: try SyntheticImages.dataset(trainingCount: 230, testCount: 20), coreCount: 2)
    var progress = EpochProgress(run.position, stepsPerEpoch: 5)
    func isOver(after seconds: Double) -> Bool {
      progress.advance(LossSum(), sampleCount: 50, learningRate: 0)
      progress.seconds = seconds
      return observer.progressed(progress)
    }
    #expect(!isOver(after: 5))
    #expect(isOver(after: 7))
    #expect(try observer.paused(run) == .proceed)
    // A clock that runs on in a new epoch starts at zero.
    #expect(!isOver(after: 7.5))
    progress.epoch += 1
    #expect(!isOver(after: 0.25))
    #expect(isOver(after: 0.5))
    #expect(try observer.paused(run) == .proceed)
    #expect(observer.figures.steps == 3)
    #expect(observer.figures.samples == 150)
    #expect(observer.figures.seconds == 1)
  }

  @Test(
    "has the model of the same steps trained, for every number of threads", arguments: [1, 2, 3])
  func digest(_ threads: Int) throws {
    var configuration = Self.configuration(threads: 1)
    configuration.stepLimit = 12
    let run = try TrainingRun(
      configuration: configuration,
      dataset: try SyntheticImages.dataset(trainingCount: 230, testCount: 20), coreCount: 2)
    try run.train()
    let measurement = try Self.measure(threads: threads, .steps(9))
    #expect(measurement.digestStep == 12)
    #expect(measurement.digest == run.digest)
  }

  @Test("of several ranks is one, with the model of one process", arguments: [2, 3])
  func ranks(_ size: Int) throws {
    let alone = try Self.measure(threads: 1, .steps(9))
    let measurements = ThreadCommunicator.onRanks(size) { communicator in
      try MeasurementRun.measure(
        configuration: Self.configuration(threads: 2),
        dataset: try SyntheticImages.dataset(trainingCount: 230, testCount: 20),
        usable: .current(), machine: .current(), pin: .none,
        plan: try MeasurementPlan(length: .steps(9), warmUpSteps: 3, batchSize: 50),
        communicator: communicator, coreCount: 0)
    }
    #expect(measurements.count == size)
    for measurement in measurements {
      #expect(
        measurement.configuration
          == MeasuredConfiguration(ranks: size, threads: 2, batchSize: 50, shardSize: 16))
      #expect(measurement.digest == alone.digest)
      #expect(measurement.samples == alone.samples)
      #expect((measurement.stages.seconds[.exchange] ?? 0) > 0)
    }
    #expect(alone.stages.seconds[.exchange] == 0)
  }

  @Test("has the time of the workers by stage, which adds up to their whole time")
  func stages() throws {
    let measurement = try Self.measure(threads: 2, .steps(20))
    #expect(Set(measurement.stages.seconds.keys) == Set(StageKind.allCases))
    #expect(measurement.stages.steps >= 3)
    for kind in [StageKind.gather, .forward, .merge, .backward, .update, .wait] {
      #expect((measurement.stages.seconds[kind] ?? 0) > 0, "\(kind)")
    }
    #expect(measurement.stages.total > 0)
    #expect(try #require(measurement.peakShare) > 0)
  }

  @Test("can be read back from its JSON, and errors name the field")
  func json() throws {
    let measurement = try Self.measure(threads: 1, .steps(2))
    let text = try JSONEncoder().encode(measurement)
    #expect(try TrainingMeasurement(json: text, place: "x") == measurement)
    let damaged = String(decoding: text, as: UTF8.self)
      .replacing("\"digest_step\"", with: "\"digest_stop\"")
    let error = #expect(throws: TrainerError.self) {
      try TrainingMeasurement(json: .init(damaged.utf8), place: "x")
    }
    #expect(error?.description == "x: field `digest_step`: found nothing, expected a value")
  }

  @Test("of zero or infinite length is refused")
  func plans() {
    #expect(throws: TrainerError.self) { try MeasurementPlan(length: .steps(0), batchSize: 1) }
    #expect(throws: TrainerError.self) { try MeasurementPlan(length: .seconds(0), batchSize: 1) }
    #expect(throws: TrainerError.self) {
      try MeasurementPlan(length: .seconds(.nan), batchSize: 1)
    }
    #expect(throws: TrainerError.self) {
      try MeasurementPlan(length: .seconds(.infinity), batchSize: 1)
    }
    #expect(throws: TrainerError.self) {
      try MeasurementPlan(length: .seconds(1), warmUpSteps: 0, batchSize: 1)
    }
  }

  @Test("warms up for ten thousand samples, and three steps at least")
  func warmUp() throws {
    #expect(try MeasurementPlan(length: .seconds(1), batchSize: 512).warmUpSteps == 20)
    #expect(try MeasurementPlan(length: .seconds(1), batchSize: 60_000).warmUpSteps == 3)
  }
}
