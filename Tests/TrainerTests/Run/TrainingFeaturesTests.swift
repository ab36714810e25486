import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import TensorBoard
@testable import Training

@Suite("A training run with")
struct TrainingFeaturesTests {
  private func trained(
    threads: Int = 2, observers: [any TrainingObserver] = [],
    _ change: (inout TrainingConfiguration) -> Void
  ) throws -> (run: TrainingRun, last: EpochRecord?, ending: RunEnding) {
    let run = try TrainingRunTests.run(threads: threads, change)
    let (last, ending) = try run.train(observers: observers)
    return (run, last, ending)
  }

  @Test("samples held out trains on the others, and evaluates on them as an evaluator would")
  func validation() throws {
    let (run, last, _) = try trained { $0.validationCount = 30 }
    #expect(run.split.validation.count == 30 && run.split.training.count == 200)
    #expect(last?.training.sampleCount == 200 && last?.validation?.sampleCount == 30)
    #expect(run.position.step == 8)
    // The same samples as a test set of their own.
    let folder = try TemporaryFolder()
    try run.writeModel(path: folder.path("model"))
    let images = run.dataset.training
    let held = run.split.validation.map(Int.init)
    let pixels = held.flatMap { sample in
      (0..<images.valueCount).map { images.pixels[sample * images.valueCount + $0] }
    }
    let test = ImageSet(
      rows: images.rows, columns: images.columns, pixels: try ByteStorage(pixels),
      labels: try ByteStorage(held.map { images.labels[$0] }))
    let evaluation = try ModelEvaluation(
      [.init(file: ModelFile(SafetensorsFile.read(path: folder.path("model"))))],
      dataset: Dataset(
        name: "held out", directory: "none", training: images, test: test,
        classCount: run.dataset.classCount),
      threads: 1, coreCount: 1)
    #expect(last?.validation?.accuracy == evaluation.accuracy)
    #expect(last?.validation?.loss == evaluation.loss)
  }

  @Test("early stopping ends after as many epochs without a smaller loss as asked")
  func earlyStopping() throws {
    let (run, last, ending) = try trained {
      $0.validationCount = 30
      $0.epochs = 50
      $0.earlyStoppingPatience = 2
      $0.optimizer = Optimizer(.sgd)
      $0.optimizer.learningRate = 5
    }
    #expect(ending == .earlyStopping)
    let losses = run.position.history.compactMap(\.validation?.loss)
    let least = try #require(losses.min())
    let best = try #require(losses.firstIndex(of: least))
    #expect(losses.count == best + 1 + 2)
    #expect(last?.epoch == losses.count)
    // A checkpoint of it is at its end, too, unless it is asked to be more patient.
    #expect(run.ending == .earlyStopping)
  }

  @Test("a target accuracy ends with the first epoch that reaches it, and knows the time")
  func target() throws {
    let (whole, _, _) = try trained { $0.epochs = 6 }
    let accuracies = whole.position.history.map(\.test.accuracy)
    let target = accuracies[3]
    let index = try #require(accuracies.firstIndex { $0 >= target })
    let expected = index + 1
    let (run, last, ending) = try trained {
      $0.epochs = 6
      $0.targetAccuracy = target
    }
    #expect(ending == .targetAccuracy && last?.epoch == expected)
    #expect(run.position.epoch(reaching: target)?.epoch == expected)
    #expect(run.position.epoch(reaching: target)?.seconds ?? 0 > 0)
    #expect(run.position.epoch(reaching: 1.1) == nil)
  }

  @Test("batches accumulated is the run with the larger batch, bit for bit, without batch norm")
  func accumulation() throws {
    func digest(batch: Int, accumulate: Int) throws -> String {
      try trained {
        $0.model = Perceptron(hidden: [16], batchNorm: false).model
        $0.batchSize = batch
        $0.accumulate = accumulate
      }.run.digest
    }
    #expect(try digest(batch: 64, accumulate: 2) == digest(batch: 128, accumulate: 1))
    #expect(try digest(batch: 64, accumulate: 2) != digest(batch: 64, accumulate: 1))
  }

  @Test("a schedule uses and records its rates")
  func schedule() throws {
    let observer = RecordingObserver()
    let (run, _, _) = try trained(observers: [observer]) {
      $0.schedule = LearningRateSchedule(.cosine)
      $0.warmupSteps = 3
    }
    let rates = observer.progress.map(\.learningRate)
    let expected = (1...10).map {
      0.001
        * run.configuration.schedule.factor(
          at: CurvePoint(step: $0, totalSteps: 10, stepsPerEpoch: 5, warmupSteps: 3))
    }
    #expect(rates == expected)
    #expect(run.position.history.map(\.learningRate) == [expected[4], expected[9]])
    let constant = try trained { _ in }.run.digest
    #expect(run.digest != constant)
  }

  @Test("a moving average evaluates and saves it, and trains as without")
  func average() throws {
    let (run, last, _) = try trained { $0.emaDecay = 0.8 }
    let (plain, plainLast, _) = try trained { _ in }
    #expect(WeightsDigest.of(run.state) == plain.digest)
    #expect(run.digest != plain.digest)
    #expect(last?.test != plainLast?.test && last?.training == plainLast?.training)
    let folder = try TemporaryFolder()
    try run.writeModel(path: folder.path("model"))
    let file = try SafetensorsFile.read(path: folder.path("model"))
    let saved = try ModelFile(file).state(ModelFile(file).architecture())
    #expect(WeightsDigest.of(saved) == run.digest)
  }

  @Test("an average from an epoch on evaluates the plain weights before it, then their mean")
  func averageFrom() throws {
    let (run, _, _) = try trained { $0.averageFrom = 2 }
    let (plain, _, _) = try trained { _ in }
    #expect(WeightsDigest.of(run.state) == plain.digest)
    #expect(run.digest != plain.digest)
    let (history, plainHistory) = (run.position.history, plain.position.history)
    #expect(history[0].test == plainHistory[0].test && history[1].test != plainHistory[1].test)
  }

  @Test("figures for TensorBoard has the same bits as without")
  func tensorBoard() throws {
    let folder = try TemporaryFolder()
    let plain = try trained { _ in }.run
    let run = try TrainingRunTests.run()
    run.gradientInterval = 3
    let recorder = try TensorBoardRecorder(directory: folder.url.path(), interval: 3)
    try run.train(observers: [recorder])
    #expect(ModelBits(run.state).parameters == ModelBits(plain.state).parameters)
    let events = try EventRecords.events(
      of: [UInt8](Data(contentsOf: URL(fileURLWithPath: recorder.file.path))))
    let gradients = events.filter { event in
      event.values.contains { $0.tag == "gradients/dense1.weight" }
    }
    #expect(gradients.map(\.step) == [3, 6, 9])
    #expect(events.contains { $0.values.contains { $0.tag == "loss/test" } })
  }
}
