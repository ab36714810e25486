import Testing

@testable import Model

@Suite("A network")
struct NetworkTests {
  static func architecture(
    hidden: [Int], batchNorm: Bool = true, dropout: Double = 0, mode: Dropout.Mode = .inverted
  ) -> Architecture {
    Architecture(
      input: Shape(6), Perceptron(hidden: hidden, batchNorm: batchNorm, dropout: dropout),
      classCount: 3, dropoutMode: mode)
  }

  static let architectures = [
    architecture(hidden: []),
    architecture(hidden: [5], batchNorm: false),
    architecture(hidden: [5, 4]),
    architecture(hidden: [5, 4], dropout: 0.3),
    architecture(hidden: [5, 4], dropout: 0.3, mode: .vanilla),
    architecture(hidden: [5, 4], batchNorm: false, dropout: 0.3),
  ]

  /// The loss of a perceptron as its description has it, from flat parameter tensors.
  static func loss(
    _ architecture: Architecture, _ parameters: [[Double]], x: Twin.Matrix, labels: [UInt8],
    samples: [UInt32], seed: UInt64
  ) -> Double {
    var rest = parameters[...]
    var values = x
    let perceptron = Perceptron(architecture.model)
    for (index, units) in (perceptron?.hidden ?? []).enumerated() {
      let weight = rest.removeFirst().matrix(columns: units)
      if perceptron?.batchNorm == true {
        values = Twin.linear(values, weight: weight, bias: nil)
        let gamma = rest.removeFirst()
        values = Twin.batchNorm(values, gamma: gamma, beta: rest.removeFirst())
      } else {
        values = Twin.linear(values, weight: weight, bias: rest.removeFirst())
      }
      values = Twin.rectify(values)
      if let dropout = perceptron?.dropout, dropout > 0 {
        let kept = Twin.kept(
          samples: samples, units: units, rate: dropout, seed: seed,
          layer: UInt32(index + 1), epoch: 1)
        let factor = architecture.dropoutMode == .inverted ? 1 / (1 - dropout) : 1
        values = Twin.drop(values, kept: kept, factor: factor)
      }
    }
    let weight = rest.removeFirst().matrix(columns: architecture.classCount)
    values = Twin.linear(values, weight: weight, bias: rest.removeFirst())
    return Twin.crossEntropy(values, labels: labels)
  }

  @Test(
    "loss and every gradient are those of its formula, in any shards", arguments: architectures,
    shardSizesOf13)
  func gradients(architecture: Architecture, shardSize: Int) {
    var random = RandomValues(7)
    let (rows, seed) = (13, UInt64(11))
    let samples = random.integers(rows, below: 60_000)
    let x = random.normal(rows * 6)
    let labels = random.integers(rows, below: 3).map { UInt8($0) }
    let network = Network(architecture, seed: seed)
    let parameters = network.parameters.entries.map { random.normal($0.range.count) }

    var rest = parameters[...]
    let runs = network.layers.map { layer in
      let own = Array(rest.prefix(layer.parameters.count))
      rest = rest.dropFirst(own.count)
      return LayerRun(
        layer, rows: rows, shardSize: shardSize, workers: 2, parameters: own, samples: samples)
    }
    let logits = runs.reduce(x) { $1.forward($0) }
    let found = SoftmaxCrossEntropyTests.run(logits, labels: labels, classes: 3)
    var gradient = found.gradient
    var gradients: [[Float]] = []
    for run in runs.reversed() {
      let result = run.backward(gradient)
      gradient = result.input
      gradients = result.parameters + gradients
    }

    func loss(_ parameters: [[Double]]) -> Double {
      Self.loss(
        architecture, parameters, x: x.doubles.matrix(columns: 6), labels: labels,
        samples: samples, seed: seed)
    }
    let exact = parameters.map(\.doubles)
    let expected = loss(exact)
    #expect(abs(found.sum.loss - expected) < 1e-5 * expected)
    for (index, entry) in network.parameters.entries.enumerated() {
      let expected = derivatives(at: exact[index]) { values in
        var changed = exact
        changed[index] = values
        return loss(changed)
      }
      #expect(
        largestRelativeDifference(gradients[index], expected) < 2e-5, "gradient of \(entry.name)")
    }
  }

  @Test("tensors are named from the input, with biases only where no normalization follows")
  func names() {
    let normalized = Network(Self.architecture(hidden: [5, 4]), seed: 0)
    #expect(
      normalized.parameters.entries.map(\.name) == [
        "dense1.weight", "batchnorm1.gamma", "batchnorm1.beta", "dense2.weight",
        "batchnorm2.gamma", "batchnorm2.beta", "dense3.weight", "dense3.bias",
      ])
    #expect(
      normalized.statistics.entries.map(\.name) == [
        "batchnorm1.running_mean", "batchnorm1.running_var", "batchnorm2.running_mean",
        "batchnorm2.running_var",
      ])
    let plain = Network(Self.architecture(hidden: [5], batchNorm: false), seed: 0)
    #expect(
      plain.parameters.entries.map(\.name) == [
        "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias",
      ])
    #expect(plain.parameters.entries.map(\.shape) == [[6, 5], [5], [5, 3], [3]])
    #expect(plain.statistics.entries.isEmpty)
  }

  @Test("only weight matrices decay, and hidden ones start as He has it, the last as Xavier")
  func declarations() {
    for entry in Network(Self.architecture(hidden: [5, 4]), seed: 0).parameters.entries {
      #expect(entry.decays == entry.name.hasSuffix(".weight"))
      let initializer: Initializer =
        switch entry.name {
        case "dense1.weight": .he(fanIn: 6)
        case "dense2.weight": .he(fanIn: 5)
        case "dense3.weight": .xavier(fanIn: 4, fanOut: 3)
        case "batchnorm1.gamma", "batchnorm2.gamma": .ones
        default: .zeros
        }
      #expect(entry.initializer == initializer, "\(entry.name)")
    }
  }

  @Test("tensors lie one after the other, each on a cache line, and joining layers moves none")
  func layout() {
    let architecture = Self.architecture(hidden: [5, 4], dropout: 0.1)
    let network = Network(architecture, seed: 0)
    var end = 0
    for entry in network.parameters.entries {
      #expect(entry.range.lowerBound >= end && entry.range.lowerBound % 16 == 0)
      #expect(entry.range.count == entry.shape.reduce(1, *))
      end = entry.range.upperBound
    }
    #expect(network.parameters.count >= end)
    #expect(network.parameters.valueCount == 30 + 10 + 20 + 8 + 12 + 3)
    let unfused = Network(architecture, seed: 0, fuses: false)
    #expect(unfused.parameters.entries == network.parameters.entries)
    #expect(unfused.statistics.entries == network.statistics.entries)
    #expect(unfused.layers.count == 9 && network.layers.count == 5)
  }
}
