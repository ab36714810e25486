import Testing

@testable import Model

@Suite("Gaussian noise")
struct GaussianNoiseTests {
  private static func layer(_ count: Int, deviation: Double, number: UInt32 = 2) -> GaussianNoise {
    GaussianNoise(
      name: "noise1", shape: Shape(count), deviation: deviation, number: number, seed: 8)
  }

  @Test(
    "is added to the values of each sample, in any shards, and the gradient passes",
    arguments: shardSizesOf13)
  func gradients(shardSize: Int) {
    let samples = (0..<13).map { UInt32($0 * 997) }
    let noise = samples.map { noiseNumbers(seed: 8, layer: 2, sample: $0, epoch: 1, units: 70) }
    checkLayer(
      Self.layer(70, deviation: 0.3), rows: 13, shardSize: shardSize, samples: samples
    ) { x, _ in
      zip(x, noise).map { row, noise in zip(row, noise).map { $0 + 0.3 * $1 } }
    }
  }

  @Test("has its standard deviation, the mean 0, and other numbers in another layer and epoch")
  func distribution() {
    let count = 500 * 200
    func noise(number: UInt32, epoch: UInt32) -> [Double] {
      let run = LayerRun(
        Self.layer(200, deviation: 0.5, number: number), rows: 500, shardSize: 100, epoch: epoch)
      return run.forward([Float](repeating: 1, count: count)).map { Double($0) - 1 }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }
    let kinds = [
      noise(number: 1, epoch: 1), noise(number: 2, epoch: 1), noise(number: 1, epoch: 2),
    ]
    // Five standard errors of a mean, of a variance and of a covariance.
    let bound = 5 / Double(count).squareRoot()
    for values in kinds {
      #expect(abs(mean(values)) < 0.5 * bound)
      #expect(abs(mean(values.map { $0 * $0 }) - 0.25) < 0.25 * 2.0.squareRoot() * bound)
    }
    for other in kinds.dropFirst() {
      #expect(abs(mean(zip(kinds[0], other).map { $0 * $1 })) < 0.25 * bound)
    }
  }

  @Test("adds nothing in evaluation")
  func evaluation() {
    var random = RandomValues(1)
    let x = random.normal(5 * 70)
    let run = LayerRun(Self.layer(70, deviation: 2), rows: 5, shardSize: 2)
    #expect(bits(run.evaluate(x)) == bits(x))
  }
}
