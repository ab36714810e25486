import Testing

@testable import Model

@Suite("Dropout")
struct DropoutTests {
  /// dropout.json.
  struct Content: Decodable {
    struct Outputs: Decodable {
      let y_train, dx, y_eval: [[Double]]
    }

    let x, mask, dy: [[Double]]
    let keep_probability: Double
    let inverted, vanilla: Outputs
  }

  static func layer(
    units: Int, rate: Double, mode: Dropout.Mode = .inverted, number: UInt32 = 1, seed: UInt64 = 0
  ) -> Dropout {
    Dropout(
      name: "dropout1", shape: Shape(units), rate: rate, mode: mode, number: number, seed: seed)
  }

  /// Which units the layer keeps, row after row.
  static func mask(_ layer: Dropout, samples: [UInt32], shardSize: Int = 4, epoch: UInt32 = 1)
    -> [[Bool]]
  {
    let units = layer.inputShape.count
    let run = LayerRun(
      layer, rows: samples.count, shardSize: shardSize, samples: samples, epoch: epoch)
    let ones = [Float](repeating: 1, count: samples.count * units)
    return run.forward(ones).rows(of: units).map { $0.map { $0 != 0 } }
  }

  @Test(
    "output and gradient are those of the sample's mask, in any shards", arguments: shardSizesOf13,
    Dropout.Mode.allCases)
  func gradients(shardSize: Int, mode: Dropout.Mode) {
    let samples = (0..<13).map { UInt32($0 * 997) }
    let kept = Twin.kept(samples: samples, units: 70, rate: 0.3, seed: 8, layer: 2, epoch: 1)
    checkLayer(
      Self.layer(units: 70, rate: 0.3, mode: mode, number: 2, seed: 8), rows: 13,
      shardSize: shardSize, samples: samples
    ) { x, _ in
      Twin.drop(x, kept: kept, factor: mode == .inverted ? 1 / 0.7 : 1)
    }
  }

  @Test("with PyTorch's masks, every value is PyTorch's", arguments: Dropout.Mode.allCases)
  func reference(mode: Dropout.Mode) throws {
    let content = try Reference.read("dropout", as: Content.self)
    let outputs = mode == .inverted ? content.inverted : content.vanilla
    let layer = Self.layer(units: 6, rate: 1 - content.keep_probability, mode: mode)
    // Samples whose masks happen to be the reference's.
    let candidates = Self.mask(layer, samples: Array(0..<10_000))
    let samples = try content.mask.map { row in
      UInt32(try #require(candidates.firstIndex(of: row.map { $0 != 0 })))
    }
    func floats(_ rows: [[Double]]) -> [Float] { rows.flatMap { $0.map { Float($0) } } }
    let run = LayerRun(layer, rows: 4, shardSize: 4, samples: samples)
    let y = run.forward(floats(content.x))
    let dx = run.backward(floats(content.dy)).input
    #expect(largestRelativeDifference(y, outputs.y_train.flatMap(\.self)) < 1e-6)
    #expect(largestRelativeDifference(dx, outputs.dx.flatMap(\.self)) < 1e-6)
    let evaluated = run.evaluate(floats(content.x))
    #expect(largestRelativeDifference(evaluated, outputs.y_eval.flatMap(\.self)) < 1e-6)
  }

  @Test("a sample has the same mask in any row, batch and shard")
  func perSample() {
    let layer = Self.layer(units: 100, rate: 0.5)
    let samples: [UInt32] = [5, 59_999, 0, 17, 4, 3, 2]
    let masks = Self.mask(layer, samples: samples)
    #expect(Self.mask(layer, samples: samples.reversed()) == masks.reversed())
    for shardSize in [1, 2, 7] {
      #expect(Self.mask(layer, samples: samples, shardSize: shardSize) == masks)
    }
    for (sample, mask) in zip(samples, masks) {
      #expect(Self.mask(layer, samples: [sample]) == [mask])
    }
  }

  @Test("units are dropped at the rate", arguments: [0.001, 0.2, 0.5, 0.9, 0.999])
  func rate(rate: Double) {
    let masks = Self.mask(Self.layer(units: 512, rate: rate), samples: Array(0..<400))
    let dropped = masks.joined().count { !$0 }
    let count = 512.0 * 400
    let deviation = (count * rate * (1 - rate)).squareRoot()
    #expect(abs(Double(dropped) - rate * count) < 4 * deviation)
  }

  @Test("masks of other samples, layers, epochs and seeds agree only as chance has it")
  func independence() {
    let samples = Array(UInt32(0)..<100)
    let layer = Self.layer(units: 512, rate: 0.5)
    let masks = Self.mask(layer, samples: samples)
    let others = [
      "sample": Self.mask(layer, samples: samples.map { $0 + 100 }),
      "next sample": Self.mask(layer, samples: samples.map { $0 + 1 }),
      "epoch": Self.mask(layer, samples: samples, epoch: 2),
      "layer": Self.mask(Self.layer(units: 512, rate: 0.5, number: 2), samples: samples),
      "seed": Self.mask(Self.layer(units: 512, rate: 0.5, seed: 1), samples: samples),
      "seed's high word": Self.mask(
        Self.layer(units: 512, rate: 0.5, seed: 1 << 32), samples: samples),
      "units": masks.map { Array($0[1...]) + [$0[0]] },
    ]
    let count = 512.0 * 100
    for (name, other) in others {
      let equal = zip(masks.joined(), other.joined()).count { $0 == $1 }
      #expect(abs(Double(equal) - count / 2) < 4 * (count / 4).squareRoot(), "\(name)")
    }
  }

  @Test("at rate zero nothing is dropped and nothing scaled", arguments: Dropout.Mode.allCases)
  func rateZero(mode: Dropout.Mode) {
    var random = RandomValues(4)
    let x = random.normal(3 * 70)
    let run = LayerRun(Self.layer(units: 70, rate: 0, mode: mode), rows: 3, shardSize: 2)
    #expect(run.forward(x) == x)
    #expect(run.evaluate(x) == x)
  }
}
