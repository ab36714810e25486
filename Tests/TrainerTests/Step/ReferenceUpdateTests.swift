import Testing

@testable import Model
@testable import Training

/// updates.json: training with everything that a step can do, by PyTorch in double precision.
private struct Content: Decodable {
  struct Options: Decodable {
    let smoothing: Double
    let clip_norm: Double
    let max_norm: Double
    let ema: Double
    let weight_decay: Double
  }

  struct Case: Decodable {
    let learning_rate: Double
    let losses: [Double]
    let norms: [Double]
    let final: [String: Reference.Tensor]
    let average: [String: Reference.Tensor]
  }

  let labels: [UInt8]
  let steps: [[[UInt32]]]
  let factors: [Double]
  let options: Options
  let initial: [String: Reference.Tensor]
  let cases: [String: Case]
}

@Suite("Steps with everything on against PyTorch")
struct ReferenceUpdateTests {
  private static let kinds: [OptimizerKind] = [.sgd, .momentum, .adam]

  private static func setup(
    _ content: Content, kind: OptimizerKind, engine: Engine, shardSize: Int
  ) throws -> UpdateSetup {
    let rows = content.labels.count
    var optimizer = Optimizer(kind)
    optimizer.learningRate = try #require(content.cases[kind.rawValue]).learning_rate
    optimizer.weightDecay = content.options.weight_decay
    var options = UpdateOptions()
    options.accumulate = 4
    options.clipNorm = content.options.clip_norm
    options.maxNorm = content.options.max_norm
    options.emaDecay = content.options.ema
    let setup = UpdateSetup(
      try ReferenceNetwork.images(labels: content.labels),
      network: ReferenceNetwork.network(rows: rows, engine: engine), optimizer: optimizer,
      options: options, batchSize: rows,
      shardSize: shardSize, threads: 3, labelSmoothing: content.options.smoothing)
    for tensor in setup.state.tensors {
      tensor.write(try #require(content.initial[tensor.entry.name]).floats)
    }
    setup.state.restartAverage()
    setup.training.computation.parametersChanged()
    return setup
  }

  @Test(
    "losses, norms, parameters and averages are PyTorch's within 1e-5, in any shards and pieces",
    arguments: kinds, [11, 3, 4, 1])
  func training(kind: OptimizerKind, shardSize: Int) throws {
    let content = try Reference.read("updates", as: Content.self)
    let reference = try #require(content.cases[kind.rawValue])
    let setup = try Self.setup(
      content, kind: kind, engine: shardSize.isMultiple(of: 2) ? .openblas : .native,
      shardSize: shardSize)
    var clipped = 0
    for (index, batches) in content.steps.enumerated() {
      let totals = setup.run(
        batches, number: index + 1,
        learningRate: reference.learning_rate * content.factors[index])
      #expect(abs(totals[0].loss / reference.losses[index] - 1) < 1e-5, "step \(index + 1)")
      let norm = try #require(setup.training.lastGradientNorm)
      #expect(abs(norm / reference.norms[index] - 1) < 1e-5, "step \(index + 1)")
      if norm > content.options.clip_norm { clipped += 1 }
    }
    // The reference has something to say only where the limits are met.
    #expect(clipped > 0 && clipped < content.steps.count)
    for tensor in setup.state.tensors {
      let name = tensor.entry.name
      let expected = try #require(reference.final[name]).values
      #expect(largestRelativeDifference(tensor.values, expected) < 1e-5, "\(name)")
      let average = try #require(reference.average[name]).values
      let found = try #require(setup.state.averages[name])
      #expect(largestRelativeDifference(found, average) < 1e-5, "average of \(name)")
    }
  }

  @Test("the reference has every case")
  func allCases() throws {
    let content = try Reference.read("updates", as: Content.self)
    #expect(Set(content.cases.keys) == Set(Self.kinds.map(\.rawValue)))
  }
}
