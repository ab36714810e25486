import Foundation
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("What a model makes of a test set")
struct TestOutcomeTests {
  /// Six images of one pixel, whose value is their number.
  private func outcome(
    predictions: [UInt8], probabilities: [Float], labels: [UInt8] = [0, 1, 2, 0, 1, 2]
  ) throws -> TestOutcome {
    let images = ImageSet(
      rows: 1, columns: 1, pixels: try ByteStorage(Array(0..<UInt8(labels.count))),
      labels: try ByteStorage(labels))
    return TestOutcome(
      predictions: predictions, probabilities: probabilities, images: images, classCount: 4)
  }

  @Test("counts how often each class is taken for each")
  func matrix() throws {
    let outcome = try outcome(
      predictions: [0, 1, 1, 2, 1, 2], probabilities: [1, 1, 0.5, 0.5, 1, 1])
    #expect(
      outcome.confusionMatrix == [[1, 0, 1, 0], [0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]])
    #expect(outcome.classAccuracy == [0.5, 1, 0.5, nil])
  }

  @Test("keeps the mistakes with their images, the surest first and of equals the earlier")
  func mistakes() throws {
    let outcome = try outcome(
      predictions: [1, 1, 3, 2, 0, 2], probabilities: [0.6, 1, 0.9, 0.6, 0.7, 1])
    #expect(
      outcome.mistakes == [
        Mistake(sample: 2, label: 2, prediction: 3, probability: 0.9, pixels: [2]),
        Mistake(sample: 4, label: 1, prediction: 0, probability: 0.7, pixels: [4]),
        Mistake(sample: 0, label: 0, prediction: 1, probability: 0.6, pixels: [0]),
        Mistake(sample: 3, label: 0, prediction: 2, probability: 0.6, pixels: [3]),
      ])
  }

  @Test("keeps no more mistakes than a page shows")
  func limit() throws {
    let labels = [UInt8](repeating: 0, count: 100)
    let probabilities = (0..<100).map { Float($0) / 100 }
    let outcome = try outcome(
      predictions: [UInt8](repeating: 1, count: 100), probabilities: probabilities, labels: labels)
    #expect(
      outcome.mistakes.map(\.sample) == (0..<TestOutcome.mistakeLimit).map { 99 - $0 })
  }

  @Test("has the softmax of the predicted class, the same for any number of threads")
  func probabilities() throws {
    let test = try SyntheticImages(count: 60, side: 6, seed: 2)
    func evaluated(threads: Int, rows: Int) -> (values: [Float], logits: [Float]) {
      let setup = StepSetup(
        test, network: Network(testArchitecture(), seed: 9), batchSize: 60, shardSize: 64,
        threads: threads)
      _ = setup.train(epochs: 3)
      let runner = ForwardRunner(
        state: setup.state, team: setup.step.team, rowCapacity: 60)
      let evaluator = Evaluator(runner: runner, source: test.source, sampleCount: 60)
      return withExtendedLifetime(test.images) {
        _ = evaluator.evaluate()
        let order = (0..<UInt32(rows)).map { $0 }
        let logits = runner.logits(
          of: order, rows: rows, in: test.source.images, worker: 0)
        return (
          Array(evaluator.probabilities.elements),
          Array(UnsafeBufferPointer(start: logits, count: rows * 5))
        )
      }
    }
    // One shard has all logits.
    let whole = evaluated(threads: 1, rows: 60)
    for sample in 0..<60 {
      let logits = whole.logits[5 * sample..<5 * sample + 5].map(Double.init)
      let largest = try #require(logits.max())
      let expected = exp(largest) / logits.reduce(0) { $0 + exp($1) }
      #expect(abs(Double(whole.values[sample]) - expected) < 1e-6)
    }
    let alone = evaluated(threads: 1, rows: 7).values
    for threads in [2, 3, 8] {
      #expect(evaluated(threads: threads, rows: 7).values == alone)
    }
  }
}
