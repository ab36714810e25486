import Testing

@testable import Model
@testable import Parallel
@testable import Training

/// mlp.json: a network 6-5-4-3 with batch normalization, by PyTorch in double precision.
private struct Content: Decodable {
  typealias Tensor = Reference.Tensor

  let x: Tensor
  let labels: [UInt8]
  let initial: [String: Tensor]
  let logits: Tensor
  let loss: Double
  let gradients: [String: Tensor]
  let adam_losses: [Double]
  let adam_final: [String: Tensor]
  let running_stats: [String: Tensor]

  static func read() throws -> Content {
    try Reference.read("mlp", as: Content.self)
  }
}

@Suite("A network against PyTorch")
struct ReferenceNetworkTests {
  private static let rows = 11

  /// The reference's names of the tensors.
  ///
  /// Its biases before batch normalization are left out: they only shift the running mean.
  private static let names = [
    "dense1.weight": "0.Linear.weight", "batchnorm1.gamma": "1.BatchNorm1d.weight",
    "batchnorm1.beta": "1.BatchNorm1d.bias", "dense2.weight": "2.Linear.weight",
    "batchnorm2.gamma": "3.BatchNorm1d.weight", "batchnorm2.beta": "3.BatchNorm1d.bias",
    "dense3.weight": "4.Linear.weight", "dense3.bias": "4.Linear.bias",
  ]

  private static func setup(_ content: Content, shardSize: Int) throws -> StepSetup {
    var optimizer = Optimizer(.adam)
    optimizer.learningRate = 0.01
    let setup = StepSetup(
      try ReferenceNetwork.images(labels: content.labels),
      network: ReferenceNetwork.network(rows: rows), optimizer: optimizer, batchSize: rows,
      shardSize: shardSize)
    setup.state.set("samples.weight", to: content.x.floats)
    for (name, reference) in names {
      setup.state.set(name, to: try #require(content.initial[reference]).floats)
    }
    return setup
  }

  private static let samples = (0..<rows).map { UInt32($0) }

  @Test("logits, loss and gradients are within 1e-5, in any shards", arguments: [11, 4, 5, 1])
  func gradients(shardSize: Int) throws {
    let content = try Content.read()
    let setup = try Self.setup(content, shardSize: shardSize)
    let total = setup.run(samples: Self.samples, use: .store)[0]
    let logits = setup.step.workspace.logits.elements[..<(Self.rows * 3)]
    #expect(largestRelativeDifference(logits, content.logits.values) < 1e-5)
    #expect(abs(total.loss / Double(Self.rows) / content.loss - 1) < 1e-5)
    for (name, values) in setup.state.gradientsByName {
      guard let reference = Self.names[name] else { continue }
      let means = values.map { $0 / Float(Self.rows) }
      let expected = try #require(content.gradients[reference]).values
      #expect(largestRelativeDifference(means, expected) < 1e-5, "\(name)")
    }
  }

  @Test("five steps of Adam are within 1e-5, in any shards", arguments: [11, 4, 5, 1])
  func training(shardSize: Int) throws {
    let content = try Content.read()
    let setup = try Self.setup(content, shardSize: shardSize)
    for (index, expected) in content.adam_losses.enumerated() {
      let total = setup.run(
        samples: Self.samples, use: .update(setup.update(number: index + 1, rows: Self.rows)))[0]
      #expect(abs(total.loss / Double(Self.rows) / expected - 1) < 1e-5, "step \(index + 1)")
      // The samples do not learn.
      setup.state.set("samples.weight", to: content.x.floats)
    }
    for (name, reference) in Self.names {
      let expected = try #require(content.adam_final[reference]).values
      #expect(largestRelativeDifference(setup.state[name], expected) < 1e-5, "\(name)")
    }
    // After k batches of equal mean the running mean is 1 - 0.9^k of it.
    let reached = 1 - power(1 - BatchNorm.momentum, content.adam_losses.count)
    for (number, index) in [(1, 0), (2, 2)] {
      let bias = try #require(content.initial["\(index).Linear.bias"]).values
      let means = try #require(content.running_stats["\(index + 1).running_mean"]).values
      let expected = zip(means, bias).map { $0 - reached * $1 }
      #expect(
        largestRelativeDifference(setup.state["batchnorm\(number).running_mean"], expected) < 1e-5)
      let variances = try #require(content.running_stats["\(index + 1).running_var"]).values
      #expect(
        largestRelativeDifference(setup.state["batchnorm\(number).running_var"], variances) < 1e-5)
    }
  }
}
