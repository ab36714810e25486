import Testing

@testable import Model

@Suite("Channel dropout")
struct ChannelDropoutTests {
  private static func layer(
    shape: Shape, rate: Double, mode: Dropout.Mode = .inverted
  ) -> ChannelDropout {
    ChannelDropout(name: "dropout2d1", shape: shape, rate: rate, mode: mode, number: 2, seed: 8)
  }

  @Test(
    "output and gradient are those of the sample's channels, in any shards",
    arguments: shardSizesOf13, Dropout.Mode.allCases)
  func gradients(shardSize: Int, mode: Dropout.Mode) {
    let samples = (0..<13).map { UInt32($0 * 997) }
    let kept = Twin.kept(samples: samples, units: 5, rate: 0.3, seed: 8, layer: 2, epoch: 1)
      .map { channels in (0..<6).flatMap { _ in channels } }
    checkLayer(
      Self.layer(shape: Shape(2, 3, 5), rate: 0.3, mode: mode), rows: 13, shardSize: shardSize,
      samples: samples
    ) { x, _ in
      Twin.drop(x, kept: kept, factor: mode == .inverted ? 1 / 0.7 : 1)
    }
  }

  @Test("of one position is dropout of units, bit by bit", arguments: Dropout.Mode.allCases)
  func onePosition(mode: Dropout.Mode) {
    var random = RandomValues(1)
    let (x, dy) = (random.normal(5 * 70), random.normal(5 * 70))
    let layers: [any Layer] = [
      Self.layer(shape: Shape(1, 1, 70), rate: 0.4, mode: mode),
      Dropout(name: "dropout1", shape: Shape(70), rate: 0.4, mode: mode, number: 2, seed: 8),
    ]
    let results = layers.map { layer in
      let run = LayerRun(layer, rows: 5, shardSize: 2)
      return bits(run.forward(x) + run.backward(dy).input + run.evaluate(x))
    }
    #expect(results[0] == results[1])
  }

  @Test("drops channels at the rate, each as a whole")
  func rate() {
    let run = LayerRun(Self.layer(shape: Shape(3, 3, 64), rate: 0.2), rows: 200, shardSize: 50)
    let y = run.forward([Float](repeating: 1, count: 200 * 9 * 64))
    var dropped = 0
    for sample in y.rows(of: 9 * 64) {
      let positions = Array(sample).rows(of: 64).map(Array.init)
      #expect(positions.allSatisfy { $0 == positions[0] })
      dropped += positions[0].count { $0 == 0 }
    }
    let count = 200.0 * 64
    #expect(abs(Double(dropped) - 0.2 * count) < 4 * (count * 0.2 * 0.8).squareRoot())
  }
}
