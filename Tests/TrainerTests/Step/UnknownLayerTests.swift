import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("A layer that the product does not know")
struct UnknownLayerTests {
  /// Toy layers at the start, in the middle and at the end.
  enum Place: CaseIterable {
    case first, middle, last, alone

    var network: Network {
      let dense = Linear(
        name: "dense1", inputCount: 36, outputCount: 20, hasBias: true, initializer: .he(fanIn: 36),
        engine: .native)
      let end = Linear(
        name: "dense3", inputCount: 12, outputCount: 5, hasBias: true, initializer: .he(fanIn: 12),
        engine: .native)
      let relu = ReLU(name: "relu", shape: Shape(12))
      let dropout = Dropout(
        name: "dropout", shape: Shape(12), rate: 0.2, mode: .inverted, number: 1, seed: 5)
      func toy(_ inputCount: Int, _ outputCount: Int) -> ToyLayer {
        ToyLayer(name: "toy\(inputCount)", inputCount: inputCount, outputCount: outputCount)
      }
      return switch self {
      case .first: Network([toy(36, 12), relu, dropout, end])
      case .middle:
        Network([dense, toy(20, 12), BatchNorm(name: "bn", shape: Shape(12)), relu, end])
      case .last: Network([dense, toy(20, 12), relu, dropout, toy(12, 5)])
      case .alone: Network([toy(36, 5)])
      }
    }
  }

  struct Outcome: Equatable {
    let bits: ModelBits
    let totals: [LossSum]
    let evaluation: EvaluationResult
    let predictions: [UInt8]
  }

  /// What two epochs of uneven batches lead to.
  static func train(
    _ network: Network, shardSize: Int = 7, threads: Int,
    _ communicator: any Communicator = SingleProcess()
  ) throws -> Outcome {
    let images = try SyntheticImages(count: 130, side: 6)
    var optimizer = Optimizer(.adam)
    optimizer.weightDecay = 0.01
    let setup = StepSetup(
      images, network: network, optimizer: optimizer, batchSize: 50, shardSize: shardSize,
      threads: threads, communicator: communicator)
    let totals = setup.train(epochs: 2)
    for total in totals { #expect(total.allSatisfy { $0 == total[0] && $0.loss.isFinite }) }
    let evaluator = Evaluator(step: setup.step, source: images.source, sampleCount: 130)
    return withExtendedLifetime(images.images) {
      let evaluation = evaluator.evaluate()
      return Outcome(
        bits: ModelBits(setup.state), totals: totals.map { $0[0] }, evaluation: evaluation,
        predictions: Array(evaluator.predictions.elements))
    }
  }

  @Test("trains and evaluates to the same bits on 1, 2, 3 and 8 threads", arguments: Place.allCases)
  func threads(place: Place) throws {
    let alone = try Self.train(place.network, threads: 1)
    #expect(alone.totals[5].loss / 30 < alone.totals[0].loss / 50)
    for threads in [2, 3, 8] {
      #expect(try Self.train(place.network, threads: threads) == alone, "\(threads) threads")
    }
  }

  @Test("trains and evaluates to the same bits on any number of ranks", arguments: Place.allCases)
  func ranks(place: Place) throws {
    let network = place.network
    let alone = try Self.train(network, threads: 1)
    for (ranks, threads) in RankCountTests.teams {
      let results = ThreadCommunicator.onRanks(ranks, isOnOneMachine: threads == 1) {
        try Self.train(network, threads: threads, $0)
      }
      #expect(ModelBits(ranks: results.map(\.bits)) == alone.bits, "\(ranks) ranks")
      for result in results {
        #expect(result.bits.parameters == alone.bits.parameters, "\(ranks) ranks")
        #expect(result.totals == alone.totals && result.evaluation == alone.evaluation)
        #expect(result.predictions == alone.predictions)
      }
    }
  }

  @Test(
    "has nothing stale in what it keeps of its parameters, whoever changes them",
    arguments: [UpdateOptions(), TrainingStepTests.everything()], [1, 3])
  func caches(options: UpdateOptions, ranks: Int) throws {
    let images = try SyntheticImages(count: 100, side: 6)
    let network = Place.last.network
    let samples = (0..<100).map { UInt32($0) }
    let stale = ThreadCommunicator.onRanks(ranks) { communicator in
      let setup = UpdateSetup(
        images, network: network, options: options, batchSize: 50, shardSize: 7,
        communicator: communicator)
      let step = setup.training.computation
      func kept() -> [[Float]] {
        step.workspace.layers.filter { $0.layer is any CachesParameters }.map {
          Array(UnsafeBufferPointer(start: $0.memory.kept, count: $0.layer.keptCount))
        }
      }
      return (1...3).count { number in
        let batches = [Array(samples[..<50]), Array(samples[50...])]
        setup.run(Array(batches.prefix(options.accumulate)), number: number)
        let found = kept()
        step.parametersChanged()
        return kept() != found
      }
    }
    #expect(stale == [Int](repeating: 0, count: ranks))
  }

  @Test("resumes from its tensors to the bits of training that never stopped", arguments: [1, 3])
  func resume(threads: Int) throws {
    let images = try SyntheticImages(count: 100, side: 6)
    let samples = [Array(UInt32(0)..<50), Array(UInt32(50)..<100)]
    func setup(threads: Int) -> UpdateSetup {
      UpdateSetup(
        images, network: Place.last.network, options: TrainingStepTests.everything(accumulate: 2),
        batchSize: 50, shardSize: 7, threads: threads)
    }
    let whole = setup(threads: 2)
    for number in 1...3 { whole.run(samples, number: number) }
    let resumed = setup(threads: threads)
    func tensors(_ setup: UpdateSetup) -> [ModelState.Tensor] {
      setup.state.tensors + setup.state.averageTensors.map(\.tensor)
        + setup.state.optimizerTensors(.adam).map(\.tensor)
    }
    for (from, to) in zip(tensors(whole), tensors(resumed)) { to.write(from.values) }
    resumed.training.computation.parametersChanged()
    for number in 4...5 {
      whole.run(samples, number: number)
      resumed.run(samples, number: number)
    }
    #expect(ModelBits(resumed.state) == ModelBits(whole.state))
    #expect(resumed.state.averages == whole.state.averages)
  }

  /// The network of ``gradient(shardSize:)`` by its formula: from flat parameters to the sum of
  /// losses.
  private static func loss(
    _ parameters: [[Double]], images: [[Double]], labels: [Int], means: [[Double]]? = nil
  ) -> Double {
    func toy(_ x: [[Double]], _ layer: Int) -> [[Double]] {
      let (weight, bias) = (parameters[2 * layer], parameters[2 * layer + 1])
      let mean =
        means?[layer]
        ?? x[0].indices.map { i in x.reduce(0) { $0 + $1[i] } / Double(x.count) }
      return x.map { row in
        bias.indices.map { j in
          row.indices.reduce(2 * bias[j]) {
            $0 + (row[$1] - mean[$1]) * weight[$1 * bias.count + j]
          }
        }
      }
    }
    return zip(toy(toy(images, 0), 1), labels).reduce(0) { sum, sample in
      let (z, label) = sample
      return sum + log(z.reduce(0) { $0 + exp($1) }) - z[label]
    }
  }

  private static let rows = 23

  private static func twoToys(shardSize: Int) throws -> (
    setup: StepSetup, images: [[Double]], labels: [Int]
  ) {
    let images = try SyntheticImages(count: rows, side: 3)
    let setup = StepSetup(
      images,
      network: Network([
        ToyLayer(name: "toy1", inputCount: 9, outputCount: 7),
        ToyLayer(name: "toy2", inputCount: 7, outputCount: 5),
      ]), batchSize: rows, shardSize: shardSize)
    setup.state.set("toy1.bias", to: (0..<7).map { Float($0) / 8 })
    setup.state.set("toy2.bias", to: (0..<5).map { Float($0) / 4 })
    let pixels = (0..<rows).map { row in
      (0..<9).map { Double(images.images.pixels[9 * row + $0]) / 255 }
    }
    return (setup, pixels, (0..<rows).map { Int(images.images.labels[$0]) })
  }

  @Test("has the gradient of its formula, in any shards", arguments: [1, 4, 23])
  func gradient(shardSize: Int) throws {
    let (setup, images, labels) = try Self.twoToys(shardSize: shardSize)
    let parameters = setup.state.network.parameters.entries.map { entry in
      setup.state[entry.name].map { Double($0) }
    }
    let total = setup.run(samples: (0..<UInt32(Self.rows)).map { $0 }, use: .store)[0]
    let expected = Self.loss(parameters, images: images, labels: labels)
    #expect(abs(total.loss / expected - 1) < 1e-6)
    let derivatives = parameters.indices.flatMap { index in
      parameters[index].indices.map { place in
        func loss(_ change: Double) -> Double {
          var changed = parameters
          changed[index][place] += change
          return Self.loss(changed, images: images, labels: labels)
        }
        return (loss(1e-5) - loss(-1e-5)) / 2e-5
      }
    }
    // Of all tensors together: the second layer's mean takes the first one's bias away.
    let found = setup.state.gradientsByName.flatMap(\.values)
    #expect(largestRelativeDifference(found, derivatives) < 1e-5)
  }

  @Test("evaluates as its formula says, with its running statistics")
  func evaluation() throws {
    let (setup, images, labels) = try Self.twoToys(shardSize: 4)
    _ = setup.train(epochs: 3)
    let parameters = setup.state.network.parameters.entries.map { entry in
      setup.state[entry.name].map { Double($0) }
    }
    let means = ["toy1", "toy2"].map { setup.state["\($0).running_mean"].map { Double($0) } }
    let evaluator = Evaluator(
      step: setup.step, source: setup.images.source, sampleCount: Self.rows)
    let found = withExtendedLifetime(setup.images.images) { evaluator.evaluate() }
    let expected = Self.loss(parameters, images: images, labels: labels, means: means)
    #expect(abs(found.total.loss / expected - 1) < 1e-6)
  }
}
