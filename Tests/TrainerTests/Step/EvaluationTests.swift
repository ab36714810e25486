import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("Evaluation")
struct EvaluationTests {
  /// A trained model's result and predictions on 133 other images.
  static func evaluate(
    architecture: Architecture = testArchitecture(), threads: Int = 2, dropoutSeed: UInt64 = 9
  ) throws -> (result: EvaluationResult, predictions: [UInt8]) {
    let trained = StepSetup(
      try SyntheticImages(count: 230, side: 6), network: Network(architecture, seed: 9),
      batchSize: 100, shardSize: 16)
    _ = trained.train(epochs: 8)
    let test = try SyntheticImages(count: 133, side: 6, seed: 2)
    let setup = StepSetup(
      test, network: Network(architecture, seed: dropoutSeed), batchSize: 100, shardSize: 16,
      threads: threads)
    for tensor in trained.state.tensors {
      setup.state.set(tensor.entry.name, to: tensor.values)
    }
    let evaluator = Evaluator(step: setup.step, source: test.source, sampleCount: 133)
    return withExtendedLifetime(test.images) {
      let result = evaluator.evaluate()
      #expect(evaluator.evaluate() == result)
      return (result, Array(evaluator.predictions.elements))
    }
  }

  @Test("is the same for any number of threads", arguments: [2, 3, 8, 16])
  func threads(count: Int) throws {
    let alone = try Self.evaluate(threads: 1)
    let team = try Self.evaluate(threads: count)
    #expect(team.result == alone.result)
    #expect(team.predictions == alone.predictions)
  }

  @Test("does not depend on the seed of dropout", arguments: Dropout.Mode.allCases)
  func noDropout(mode: Dropout.Mode) throws {
    let architecture = testArchitecture(dropout: 0.5, mode: mode)
    let one = try Self.evaluate(architecture: architecture, dropoutSeed: 1)
    let other = try Self.evaluate(architecture: architecture, dropoutSeed: 2)
    #expect(one.result == other.result)
    #expect(one.predictions == other.predictions)
  }

  @Test("counts each sample once")
  func counts() throws {
    let evaluation = try Self.evaluate()
    let images = try SyntheticImages(count: 133, side: 6, seed: 2).images
    let right = (0..<133).count { evaluation.predictions[$0] == images.labels[$0] }
    #expect(evaluation.result.sampleCount == 133)
    #expect(evaluation.result.total.correct == right)
    #expect(evaluation.result.accuracy == Double(right) / 133)
    #expect(evaluation.result.accuracy > 0.5)
  }

  @Test("leaves parameters and running statistics alone, and training after it too")
  func changesNothing() throws {
    let images = try SyntheticImages(count: 230, side: 6)
    let states = [false, true].map { evaluates in
      let setup = StepSetup(
        images, network: Network(testArchitecture(), seed: 9), batchSize: 100, shardSize: 16)
      let evaluator = Evaluator(step: setup.step, source: images.source, sampleCount: 230)
      _ = setup.train(epochs: 1)
      if evaluates { _ = evaluator.evaluate() }
      _ = setup.train(epochs: 1)
      return withExtendedLifetime(images.images) { ModelBits(setup.state) }
    }
    #expect(states[0] == states[1])
  }

  @Test("of a part of a set equals that of a set with only these samples", arguments: [1, 2, 5])
  func someSamples(threads: Int) throws {
    let all = try SyntheticImages(count: 133, side: 6, seed: 2)
    let chosen = (0..<133).filter { $0 % 3 == 1 }
    let pixels = chosen.flatMap { image in (0..<36).map { all.images.pixels[36 * image + $0] } }
    let some = SyntheticImages(
      images: ImageSet(
        rows: 6, columns: 6, pixels: try ByteStorage(pixels),
        labels: try ByteStorage(chosen.map { all.images.labels[$0] })), classCount: 5)
    let setup = StepSetup(
      all, network: Network(testArchitecture(), seed: 9), batchSize: 100, shardSize: 16,
      threads: threads)
    let found = Evaluator(
      step: setup.step, source: all.source, samples: chosen.map { UInt32($0) })
    let expected = Evaluator(step: setup.step, source: some.source, sampleCount: chosen.count)
    withExtendedLifetime((all.images, some.images)) {
      let result = found.evaluate()
      #expect(result == expected.evaluate())
      #expect(result.sampleCount == chosen.count)
      #expect(Array(found.predictions.elements) == Array(expected.predictions.elements))
    }
  }

  @Test("does not smooth labels, unlike training")
  func labelSmoothing() throws {
    let images = try SyntheticImages(count: 64, side: 6)
    let samples = (0..<64).map { UInt32($0) }
    func losses(smoothing: Double) -> (training: Double, evaluation: Double) {
      let setup = UpdateSetup(
        images, network: Network(testArchitecture(dropout: 0), seed: 9), batchSize: 64,
        shardSize: 16, labelSmoothing: smoothing)
      let evaluator = Evaluator(
        step: setup.training.computation, source: images.source, sampleCount: 64)
      let evaluation = withExtendedLifetime(images.images) { evaluator.evaluate().loss }
      return (setup.run([samples], number: 1)[0].loss, evaluation)
    }
    let plain = losses(smoothing: 0)
    let smoothed = losses(smoothing: 0.3)
    #expect(smoothed.evaluation == plain.evaluation)
    #expect(abs(smoothed.training / plain.training - 1) > 1e-3)
  }
}
