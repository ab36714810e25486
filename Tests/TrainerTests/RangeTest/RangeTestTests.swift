import Files
import Foundation
import Testing

@testable import Model
@testable import Training

@Suite("A learning-rate range test")
struct RangeTestTests {
  /// A run of five steps an epoch.
  private func run(
    threads: Int = 2, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingRun {
    try TrainingRunTests.run(threads: threads) { configuration in
      change(&configuration)
      configuration = RangeTest.configuration(configuration)
    }
  }

  private func sweep(from: Double = 1e-4, to: Double = 1e2, steps: Int = 40) throws
    -> LearningRateSweep
  {
    try LearningRateSweep(from: from, to: to, steps: steps)
  }

  @Test("has rates that grow by the same factor from the first to the last")
  func rates() throws {
    let sweep = try sweep(from: 1e-6, to: 10, steps: 22)
    let rates = stride(from: 1, through: 22, by: 3).map { sweep.rate(step: $0) }
    #expect(rates.first == 1e-6 && rates.last == 10 && sweep.rate(step: 23) == 10)
    for (rate, next) in zip(rates, rates.dropFirst()) { #expect(abs(next / rate - 10) < 1e-12) }
    #expect(abs(sweep.stepsPerDecade - 3) < 1e-12)
  }

  @Test(
    "refuses rates and steps that make no sense",
    arguments: [
      (0.0, 1.0, 40, "from"), (-1, 1, 40, "from"), (.nan, 1, 40, "from"), (1, .infinity, 40, "to"),
      (1, 1, 40, "to"), (1, 0.5, 40, "to"), (1e-3, 1, 19, "steps"), (1e-3, 1, 1_000_001, "steps"),
    ])
  func refusals(from: Double, to: Double, steps: Int, setting: String) throws {
    let error = #expect(throws: TrainerError.self) {
      try LearningRateSweep(from: from, to: to, steps: steps)
    }
    #expect(error?.code == .usage && error?.description.hasPrefix("`\(setting)` is ") == true)
  }

  @Test("trains as a run with these rates would, over several epochs if there are few samples")
  func losses() throws {
    let recording = RecordingObserver()
    let sweep = try sweep(to: 1e-2)
    let result = try RangeTest(sweep)(run(), observers: [recording])
    #expect(result.points.count == 40 && result.ending == .completed)
    #expect(result.points.map(\.step) == Array(1...40))
    #expect(result.points.map(\.learningRate) == (1...40).map { sweep.rate(step: $0) })
    #expect(
      result.points.map(\.loss)
        == recording.progress.map { $0.lastStep.loss / Double($0.lastSampleCount) })
    // Eight epochs of five steps; none of them is evaluated.
    #expect(recording.progress.map(\.epoch) == (0..<40).map { 1 + $0 / 5 })
    #expect(recording.epochs.isEmpty)
    // The loss of the first step does not depend on its rate.
    let other = RecordingObserver()
    try TrainingRunTests.run { $0.stepLimit = 1 }.train(observers: [other])
    #expect(result.points[0].loss == other.progress[0].lastStep.loss / 50)
    #expect(result.minimum.loss < result.points[0].loss)
  }

  @Test("has the same bits for any number of threads, with mixed samples", arguments: [1, 3, 8])
  func threads(count: Int) throws {
    func result(_ threads: Int) throws -> RangeTestResult {
      try RangeTest(sweep())(
        run(threads: threads) {
          $0.mixup = 0.2
          $0.labelSmoothing = 0.1
        })
    }
    #expect(try result(count) == result(2))
  }

  @Test("ends when the smoothed loss has risen")
  func endings() throws {
    func test(_ to: Double, _ steps: Int, batchNorm: Bool = true) throws -> RangeTestResult {
      try RangeTest(sweep(to: to, steps: steps))(
        run {
          $0.optimizer = Optimizer(.sgd)
          $0.model = Perceptron(hidden: [16], batchNorm: batchNorm).model
        })
    }
    let risen = try test(1e4, 100)
    #expect(risen.ending == .lossRose && risen.points.count < 100)
    let last = try #require(risen.points.last)
    #expect(last.smoothedLoss > 4 * risen.minimum.smoothedLoss)
    let steep = try test(1e38, 20, batchNorm: false)
    #expect(steep.ending == .lossRose && steep.points.count < 20)
    #expect(steep.points.allSatisfy { $0.loss.isFinite })
  }

  @Test("that diverges in a single step keeps the losses before it")
  func divergence() throws {
    let result = try RangeTest(LearningRateSweep(from: 1e30, to: 1e31, steps: 20))(
      run {
        $0.optimizer = Optimizer(.sgd)
        $0.model = Perceptron(hidden: [16], batchNorm: false).model
      })
    #expect(result.ending == .diverged && !result.points.isEmpty)
    #expect(result.suggestion == nil)
  }

  @Test("passes on the errors of observers")
  func observerError() throws {
    struct Failing: TrainingObserver {
      func started(_ run: TrainingRun) throws -> RunDecision {
        throw TrainerError(.inputOutput, "no disk")
      }
    }
    let error = try #require(throws: TrainerError.self) {
      try RangeTest(sweep())(run(), observers: [Failing()])
    }
    #expect(error.code == .inputOutput)
  }

  @Test("smooths losses with a bias-corrected average")
  func smoothing() {
    var average = SmoothedLoss()
    #expect(abs(average.add(2) - 2) < 1e-12)
    // (0.1 · 0.9 · 2 + 0.1 · 4) / (1 - 0.81)
    #expect(abs(average.add(4) - 0.58 / 0.19) < 1e-12)
    for _ in 0..<500 { _ = average.add(3) }
    #expect(abs(average.add(3) - 3) < 1e-12)
  }

  @Test("finds where the loss falls most, and suggests a tenth of the best rate")
  func suggestion() throws {
    for steps in [50, 100, 1000] {
      // Falls by 2 around decade 3, and rises from decade 5 on.
      let result = try RangeTestResult.sample(steps: steps) { decade in
        1.2 - tanh(3 * (decade - 3)) + max(0, decade - 5)
      }
      let steepest = try #require(result.steepest).learningRate
      #expect(abs(log10(steepest) - -3) < 0.15, "\(steps): \(steepest)")
      #expect(result.suggestion == result.minimum.learningRate / 10)
    }
  }

  @Test("has a suggestion in a narrow range of rates too", arguments: [5, 6, 20, 100])
  func narrow(steps: Int) throws {
    let sweep = try LearningRateSweep(from: 1e-3, to: 2e-3, steps: max(20, steps))
    let points = (1...steps).map {
      RangeTestResult.Point(
        step: $0, learningRate: sweep.rate(step: $0), loss: 2 - 0.01 * Double($0),
        smoothedLoss: 2 - 0.01 * Double($0))
    }
    let result = RangeTestResult(sweep, points, ending: .completed)
    #expect(result.suggestion == sweep.rate(step: steps) / 10)
    let early = RangeTestResult(sweep, Array(points.prefix(4)), ending: .diverged)
    #expect(early.suggestion == nil)
  }

  @Test("has no suggestion if the loss never falls")
  func noSuggestion() throws {
    #expect(try RangeTestResult.sample { 1 + $0 }.suggestion == nil)
    #expect(try RangeTestResult.sample { _ in 1 }.suggestion == nil)
  }
}

extension RangeTestResult {
  /// A test from 1e-6 to 1 with made-up losses.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - loss: The loss of a batch at a decade from 0 to 6.
  /// - Returns: The result.
  /// - Throws: Nothing for these rates.
  static func sample(steps: Int = 100, _ loss: (Double) -> Double) throws -> RangeTestResult {
    let sweep = try LearningRateSweep(from: 1e-6, to: 1, steps: steps)
    var average = SmoothedLoss()
    let points = (1...steps).map { step in
      let value = loss(6 * Double(step - 1) / Double(steps - 1))
      return RangeTestResult.Point(
        step: step, learningRate: sweep.rate(step: step), loss: value,
        smoothedLoss: average.add(value))
    }
    return RangeTestResult(sweep, points, ending: .completed)
  }
}
