import Foundation
import Testing

@testable import ImageData
@testable import Model
@testable import Training

/// The loss of a described network in double precision, by its formula.
struct ModelTwin {
  let parameters: [String: [Double]]
  private var counts: [String: Int] = [:]

  init(parameters: [String: [Double]]) {
    self.parameters = parameters
  }

  private mutating func name(_ kind: String) -> String {
    counts[kind, default: 0] += 1
    return "\(kind)\(counts[kind, default: 0])"
  }

  /// The sum of the rows' losses.
  static func loss(
    _ architecture: Architecture, _ parameters: [String: [Double]], x: [[Double]], labels: [Int]
  ) -> Double {
    var twin = ModelTwin(parameters: parameters)
    var y = x
    for item in architecture.model.items { y = twin.run(item, y) }
    let logits = twin.linear(y)
    return zip(logits, labels).reduce(0) { sum, row in
      let largest = row.0.max() ?? 0
      let exponentials = row.0.reduce(0) { $0 + exp($1 - largest) }
      return sum + log(exponentials) + largest - row.0[row.1]
    }
  }

  private mutating func run(_ item: ModelItem, _ x: [[Double]]) -> [[Double]] {
    item.kinds.reduce(into: x) { y, kind in
      switch kind {
      case is DenseKind: y = linear(y)
      case is BatchNormKind: y = normalized(y)
      case is ReLUKind: y = y.map { $0.map { max($0, 0) } }
      case let block as ResidualKind:
        let input = y
        for item in block.nested { y = run(item, y) }
        y = zip(y, input).map { zip($0, $1).map { $0 + $1 } }
      default: preconditionFailure("the twin knows no \(kind.text)")
      }
    }
  }

  private mutating func linear(_ x: [[Double]]) -> [[Double]] {
    let name = name("dense")
    let weight = parameters["\(name).weight"] ?? []
    let columns = weight.count / (x.first?.count ?? 1)
    let bias = parameters["\(name).bias"] ?? [Double](repeating: 0, count: columns)
    return x.map { row in
      var y = bias
      for (i, value) in row.enumerated() where value != 0 {
        for c in 0..<columns { y[c] += value * weight[i * columns + c] }
      }
      return y
    }
  }

  private mutating func normalized(_ x: [[Double]]) -> [[Double]] {
    let name = name("batchnorm")
    guard let gamma = parameters["\(name).gamma"], let beta = parameters["\(name).beta"] else {
      preconditionFailure("\(name) has parameters")
    }
    let rows = Double(x.count)
    let mean = gamma.indices.map { c in x.reduce(0) { $0 + $1[c] } / rows }
    let variance = gamma.indices.map { c in
      x.reduce(0) { $0 + ($1[c] - mean[c]) * ($1[c] - mean[c]) } / rows
    }
    return x.map { row in
      row.indices.map { c in
        gamma[c] * (row[c] - mean[c]) / (variance[c] + Double(BatchNorm.epsilon)).squareRoot()
          + beta[c]
      }
    }
  }
}

@Suite("Residual blocks")
struct ResidualTests {
  static let rows = 23
  static let models = [
    "dense 8 relu, residual(dense 8)",
    "dense 8 bn relu, residual(dense 6 bn relu, dense 8 bn) relu, residual(dense 8 relu) bn",
    "residual(residual(dense 36 relu), dense 5, dense 36 bn) bn, dense 7",
    "dense 9, residual(residual(dense 9 bn) relu, residual(dense 4, dense 9)), dense 9 relu",
    "residual(residual(residual(dense 36)))",
    // A block that begins with another one.
    "dense 9, residual(residual(dense 9 relu))",
    "dense 6 relu, residual(residual(dense 5 relu, dense 6) bn, dense 6) relu",
    "dense 7, residual(residual(residual(dense 7 bn) relu, dense 7)) bn",
  ]

  static func setup(_ model: String, shardSize: Int, fuses: Bool, threads: Int = 2) throws
    -> StepSetup
  {
    let setup = StepSetup(
      try SyntheticImages(count: rows, side: 6),
      network: Network(try testArchitecture(model: model), seed: 9, fuses: fuses),
      batchSize: rows, shardSize: shardSize, threads: threads)
    // Biases, gammas and betas that matter.
    for tensor in setup.state.tensors where tensor.entry.shape.count == 1 {
      let values = tensor.values
      tensor.write(values.enumerated().map { $1 * 0.9 + 0.05 * Float($0 % 7) + 0.01 })
    }
    return setup
  }

  static let samples = (0..<rows).map { UInt32($0) }

  @Test("have the loss and the gradients of their formula", arguments: models, [true, false])
  func gradients(model: String, fuses: Bool) throws {
    let setup = try Self.setup(model, shardSize: 5, fuses: fuses)
    let images = setup.images.images
    let x = (0..<Self.rows).map { row in
      (0..<36).map { Double(Float(images.pixels[row * 36 + $0]) / 255) }
    }
    let labels = (0..<Self.rows).map { Int(images.labels[$0]) }
    let parameters = Dictionary(
      uniqueKeysWithValues: setup.state.network.parameters.entries.map { entry in
        (entry.name, setup.state[entry.name].map(Double.init))
      })
    let architecture = try testArchitecture(model: model)
    func loss(_ parameters: [String: [Double]]) -> Double {
      ModelTwin.loss(architecture, parameters, x: x, labels: labels)
    }
    let total = setup.run(samples: Self.samples, use: .store)[0]
    let expected = loss(parameters)
    #expect(abs(total.loss - expected) < 1e-5 * expected)
    let scale = setup.state.gradientsByName.reduce(0) { max($0, $1.values.map(abs).max() ?? 0) }
    for (name, gradient) in setup.state.gradientsByName {
      // Every value of small tensors, a part of large ones.
      let indices = stride(from: 0, to: gradient.count, by: max(1, gradient.count / 40))
      let derivatives = indices.map { index in
        let step = 1e-5
        var (up, down) = (parameters, parameters)
        up[name]?[index] += step
        down[name]?[index] -= step
        return (loss(up) - loss(down)) / (2 * step)
      }
      // A shift that a later normalization removes has no gradient but the rounding.
      let difference = zip(indices, derivatives).reduce(0) {
        max($0, abs(Double(gradient[$1.0]) - $1.1))
      }
      let largest = max(derivatives.map(abs).max() ?? 0, 1e-3 * Double(scale))
      #expect(difference < 1e-3 * largest, "\(name)")
    }
  }

  @Test("have the same bits with layers joined and not", arguments: models)
  func fusion(model: String) throws {
    let joined = try Self.setup(model, shardSize: 5, fuses: true)
    let plain = try Self.setup(model, shardSize: 5, fuses: false)
    let totals = joined.run(samples: Self.samples, use: .store)
    #expect(plain.run(samples: Self.samples, use: .store) == totals)
    for (found, expected) in zip(plain.state.gradientsByName, joined.state.gradientsByName) {
      #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern), "\(found.name)")
    }
  }

  @Test(
    "give in evaluation what they give in training, without layers that differ",
    arguments: models.map { $0.replacing(" bn", with: "") } + [
      "pool 3 stride 2 gelu, residual(avgpool 1 leaky, flatten silu)",
      "conv 6x3 gelu, pool 2 silu, conv 5x2 leaky, globalpool, flatten, dense 9 silu",
      "dense 6, residual(residual(dense 6 relu), dense 4) gelu",
      "conv 4x3, residual(residual(conv 4x3 relu, conv 4x3), conv 5x3 stride 2) silu",
      "conv 4x3, residual(residual(flatten silu))",
    ], [1, 3])
  func evaluation(model: String, threads: Int) throws {
    let setup = try Self.setup(model, shardSize: 5, fuses: true, threads: threads)
    let total = setup.run(samples: Self.samples, use: .store)[0]
    let evaluator = Evaluator(
      step: setup.step, source: setup.images.source, sampleCount: Self.rows)
    #expect(withExtendedLifetime(setup.images.images) { evaluator.evaluate().total } == total)
  }
}
