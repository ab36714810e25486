import Testing

@testable import Model

@Suite("Batch normalization, rectifier and dropout in one")
struct BatchNormReLUDropoutTests {
  @Test("without dropout, output and gradients are those of the parts", arguments: shardSizesOf13)
  func withoutDropout(shardSize: Int) {
    var random = RandomValues(1)
    checkLayer(
      BatchNormReLUDropout(BatchNorm(name: "batchnorm1", shape: Shape(5)), nil), rows: 13,
      shardSize: shardSize, parameters: [random.normal(5, mean: 1), random.normal(5)]
    ) { x, parameters in
      Twin.rectify(Twin.batchNorm(x, gamma: parameters[0], beta: parameters[1]))
    }
  }

  @Test(
    "with dropout, output and gradients are those of the parts", arguments: shardSizesOf13,
    Dropout.Mode.allCases)
  func withDropout(shardSize: Int, mode: Dropout.Mode) {
    var random = RandomValues(2)
    let samples = (0..<13).map { UInt32(100 + $0) }
    let kept = Twin.kept(samples: samples, units: 9, rate: 0.25, seed: 5, layer: 1, epoch: 1)
    let dropout = Dropout(
      name: "dropout1", shape: Shape(9), rate: 0.25, mode: mode, number: 1, seed: 5)
    checkLayer(
      BatchNormReLUDropout(BatchNorm(name: "batchnorm1", shape: Shape(9)), dropout), rows: 13,
      shardSize: shardSize, parameters: [random.normal(9, mean: 1), random.normal(9)],
      samples: samples
    ) { x, parameters in
      let y = Twin.rectify(Twin.batchNorm(x, gamma: parameters[0], beta: parameters[1]))
      return Twin.drop(y, kept: kept, factor: mode == .inverted ? 1 / 0.75 : 1)
    }
  }

  @Test(
    "every value has the bits of the layers one after the other",
    arguments: [0, 0.25], Dropout.Mode.allCases)
  func equalBits(rate: Double, mode: Dropout.Mode) {
    var random = RandomValues(3)
    let (rows, features) = (13, 70)
    let x = random.normal(rows * features)
    let dy = random.normal(rows * features)
    let parameters = [random.normal(features), random.normal(features)]
    let batchNorm = BatchNorm(name: "batchnorm1", shape: Shape(features))
    let dropout = Dropout(
      name: "dropout1", shape: Shape(features), rate: rate, mode: mode, number: 1, seed: 5)
    func run(_ layer: any Layer) -> LayerRun {
      LayerRun(layer, rows: rows, shardSize: 4, parameters: parameters)
    }
    let fused = run(BatchNormReLUDropout(batchNorm, dropout))
    let parts = [
      run(batchNorm), run(ReLU(name: "relu1", shape: Shape(features))), run(dropout),
    ]
    let y = parts.reduce(x) { $1.forward($0) }
    let dropped = parts[2].backward(dy).input
    let gradients = parts[0].backward(parts[1].backward(dropped).input)
    #expect(bits(fused.forward(x)) == bits(y))
    let fusedGradients = fused.backward(dy)
    #expect(bits(fusedGradients.input) == bits(gradients.input))
    #expect(fusedGradients.parameters.map(bits) == gradients.parameters.map(bits))
    #expect(fused.statisticsValues.map(bits) == parts[0].statisticsValues.map(bits))
    #expect(bits(fused.evaluate(x)) == bits(parts.reduce(x) { $1.evaluate($0) }))
  }
}
