import Foundation
import TestSupport
import Testing

@testable import Model
@testable import TensorBoard
@testable import Training

@Suite("What a run writes for TensorBoard")
struct TensorBoardRecorderTests {
  private static func summaries(
    _ recorder: TensorBoardRecorder
  ) throws -> [(step: Int64, values: [String: SummaryValue])] {
    let bytes = try Data(contentsOf: URL(filePath: recorder.file.path))
    return try EventRecords.events(of: [UInt8](bytes)).filter { !$0.values.isEmpty }.map {
      ($0.step, Dictionary(uniqueKeysWithValues: $0.values.map { ($0.tag, $0) }))
    }
  }

  @Test("an epoch's figures are under their tags at its last step")
  func epoch() throws {
    let folder = try TemporaryFolder()
    let recorder = try TensorBoardRecorder(
      directory: folder.url.path(), interval: nil)
    let observer = RecordingObserver()
    try TrainingRunTests.run().train(observers: [observer])
    for epoch in observer.epochs { try recorder.record(epoch) }
    let summaries = try Self.summaries(recorder)
    #expect(summaries.map(\.step) == [5, 10])
    for (summary, epoch) in zip(summaries, observer.epochs) {
      let expected: [String: Float] = [
        "loss/train": Float(epoch.training.loss), "loss/test": Float(epoch.test.loss),
        "accuracy/train": Float(epoch.training.accuracy),
        "accuracy/test": Float(epoch.test.accuracy), "learning_rate": Float(epoch.learningRate),
        "samples_per_second": Float(epoch.samplesPerSecond),
      ]
      #expect(summary.values.compactMapValues(\.scalar) == expected)
    }
  }

  @Test("weights, statistics and mean gradients are under their tensors' names")
  func tensors() throws {
    let folder = try TemporaryFolder()
    let recorder = try TensorBoardRecorder(
      directory: folder.url.path(), interval: 4)
    let setup = StepSetup(
      try SyntheticImages(count: 20, side: 6), network: Network(testArchitecture(), seed: 1),
      batchSize: 20, shardSize: 8)
    setup.run(samples: Array(0..<20), use: .store)
    try recorder.recordTensors(of: setup.state, step: 16)
    try recorder.recordGradients(of: setup.state, rowCount: 20, step: 16)

    let summaries = try Self.summaries(recorder)
    #expect(summaries.allSatisfy { $0.step == 16 })
    let values = summaries.reduce(into: [:]) { $0.merge($1.values) { $1 } }
    let names = setup.state.tensors.map(\.entry.name)
    let statistics = names.filter { $0.contains("running") }
    let parameters = names.filter { !$0.contains("running") }
    #expect(!statistics.isEmpty)
    #expect(
      Set(values.keys)
        == Set(
          parameters.flatMap { ["weights/\($0)", "gradients/\($0)"] }
            + statistics.map { "statistics/\($0)" } + ["gradient_norm"]))

    let weights = try #require(values["weights/dense1.weight"]?.histogram)
    let stored = try #require(setup.state.tensors.first).values
    #expect(weights.count == Double(stored.count))
    #expect(weights.maximum == stored.max().map { Double($0) })
    var squares = 0.0
    for tensor in setup.state.gradientTensors {
      let mean = tensor.values.map { Double($0) / 20 }
      let histogram = try #require(values["gradients/\(tensor.entry.name)"]?.histogram)
      #expect(histogram.count == Double(mean.count))
      let largest = try #require(mean.max())
      #expect(abs(histogram.maximum - largest) <= 1e-6 * abs(largest))
      squares += mean.reduce(0) { $0 + $1 * $1 }
    }
    let norm = try #require(values["gradient_norm"]?.scalar)
    #expect(squares > 0)
    #expect(abs(Double(norm) - squares.squareRoot()) <= 1e-5 * squares.squareRoot())
  }

  @Test("a step's own figures are apart from its epoch's")
  func step() throws {
    let folder = try TemporaryFolder()
    let recorder = try TensorBoardRecorder(
      directory: folder.url.path(), interval: 1)
    var total = LossSum()
    total.loss = 12
    total.correct = 6
    try recorder.recordStep(
      EvaluationResult(total: total, sampleCount: 8), learningRate: 0.125, step: 3)
    let summary = try #require(try Self.summaries(recorder).last)
    #expect(summary.step == 3)
    #expect(
      summary.values.compactMapValues(\.scalar)
        == ["step/loss": 1.5, "step/accuracy": 0.75, "step/learning_rate": 0.125])
  }

  @Test("histograms are due every so many steps, or never")
  func interval() throws {
    let folder = try TemporaryFolder()
    func due(_ interval: Int?) throws -> [Int] {
      let recorder = try TensorBoardRecorder(
        directory: folder.url.path(), interval: interval)
      return (1...10).filter { recorder.isDue(step: $0) }
    }
    #expect(try due(4) == [4, 8])
    #expect(try due(1) == Array(1...10))
    #expect(try due(nil).isEmpty)
  }

  @Test("a session starts at the first step whose figures are written")
  func session() throws {
    let folder = try TemporaryFolder()
    // After an epoch, its figures are written again.
    for (done, interval, first, rewritten) in [
      (0, nil, 0, 0), (1, nil, 2, 0), (5, nil, 5, 1), (5, 3, 5, 1), (5, 5, 6, 0),
    ] as [(Int, Int?, Int64, Int)] {
      let run = try TrainingRunTests.run()
      if done > 0 {
        let before = try TrainingRunTests.run { $0.stepLimit = done }
        try before.train()
        try run.resume(at: before.position)
      }
      let recorder = try TensorBoardRecorder(directory: folder.url.path(), interval: interval)
      #expect(try recorder.started(run) == .proceed)
      let bytes = try Data(contentsOf: URL(filePath: recorder.file.path))
      let events = try EventRecords.events(of: [UInt8](bytes))
      try #require(events.count == 2 + rewritten)
      #expect(events[1].step == first)
      #expect(events[1].content == .sessionStart)
      if rewritten > 0 {
        #expect(events[2].step == 5)
        #expect(
          events[2].values.contains {
            $0.tag == "loss/test" && $0.scalar == Float(run.position.history[0].test.loss)
          })
      }
    }
  }

  @Test("a run resumed at its end inside an epoch writes that step's figures anew, once")
  func resumedAtEnd() throws {
    // Five steps are an epoch.
    let cut: (inout TrainingConfiguration) -> Void = { $0.stepLimit = 7 }
    let first = try TrainingRunTests.run(cut)
    #expect(first.firstFiguresStep == 0)
    try first.train()
    let position = first.position
    let resumed = try TrainingRunTests.run(cut)
    try resumed.resume(at: position)
    #expect(resumed.firstFiguresStep == 7)
    let observer = RecordingObserver()
    try resumed.train(observers: [observer])
    #expect(observer.epochs.map(\.step) == [7])

    // Its epoch goes on: the step's own figures are not computed again.
    let longer = try TrainingRunTests.run { $0.stepLimit = 9 }
    try longer.resume(at: position)
    #expect(longer.firstFiguresStep == 8)
    // At an epoch's end its figures are in the history.
    let whole = try TrainingRunTests.run { $0.stepLimit = 5 }
    try whole.train()
    #expect(whole.position.step == 5 && whole.firstFiguresStep == 6)
  }
  @Test(
    "a run that stopped between an epoch's last step and its evaluation keeps the step's figures",
    arguments: [5, 10])
  func resumedBeforeEvaluation(step: Int) throws {
    let stopped = try TrainingRunTests.run()
    #expect(try stopped.train(observers: [Stop(afterStep: step)]).ending == .stopped)
    #expect(stopped.position.step == step && stopped.position.stepInEpoch == 5)
    let resumed = try TrainingRunTests.run()
    try resumed.resume(at: stopped.position)
    #expect(resumed.firstFiguresStep == step + 1)
    let observer = RecordingObserver()
    try resumed.train(observers: [observer])
    #expect(observer.epochs.first?.step == step)
  }
}

/// Stops a run after a step.
private struct Stop: TrainingObserver {
  let step: Int

  init(afterStep step: Int) {
    self.step = step
  }

  func progressed(_ progress: EpochProgress) -> Bool { progress.step == step }

  func paused(_ run: TrainingRun) -> RunDecision { .stop }
}
