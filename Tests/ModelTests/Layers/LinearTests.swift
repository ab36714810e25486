import Model
import Testing

@Suite("The linear layer")
struct LinearTests {
  @Test(
    "output and gradients are those of x W + b, in any shards", arguments: shardSizesOf13,
    [true, false])
  func gradients(shardSize: Int, hasBias: Bool) {
    var random = RandomValues(1)
    let layer = Linear(
      name: "dense1", inputCount: 7, outputCount: 5, hasBias: hasBias, start: .he(fanIn: 7))
    let weight = random.normal(35)
    let bias = random.normal(5)
    checkLayer(
      layer, rows: 13, shardSize: shardSize, parameters: hasBias ? [weight, bias] : [weight]
    ) { x, parameters in
      Twin.linear(
        x, weight: parameters[0].matrix(columns: 5), bias: hasBias ? parameters[1] : nil)
    }
  }

  @Test("gradients are whole where the matrix has many tiles")
  func largeMatrix() {
    var random = RandomValues(2)
    let layer = Linear(
      name: "dense1", inputCount: 130, outputCount: 300, hasBias: false, start: .he(fanIn: 130))
    let x = random.normal(70 * 130)
    let dy = random.normal(70 * 300)
    let run = LayerRun(layer, rows: 70, shardSize: 64, parameters: [random.normal(130 * 300)])
    _ = run.forward(x)
    let gradient = run.backward(dy).parameters[0]
    var expected = [Double](repeating: 0, count: 130 * 300)
    for (x, dy) in zip(x.rows(of: 130), dy.rows(of: 300)) {
      for (i, x) in x.enumerated() {
        for (j, dy) in dy.enumerated() { expected[i * 300 + j] += Double(x) * Double(dy) }
      }
    }
    #expect(largestRelativeDifference(gradient, expected) < 1e-5)
  }

  @Test(
    "the tiles of the gradient cover the matrix once",
    arguments: [(1, 1), (7, 5), (784, 512), (512, 10), (100, 300), (3, 1_000)], [1, 7, 64, 512])
  func tiles(size: (rows: Int, columns: Int), shardSize: Int) {
    let layer = Linear(
      name: "dense1", inputCount: size.rows, outputCount: size.columns, hasBias: true,
      start: .zeros)
    var covered = [Int](repeating: 0, count: size.rows * size.columns)
    for tile in layer.gradientTiles(shardSize: shardSize) {
      for row in tile.rows.indices {
        let first = tile.offset(row: row - tile.rows.lowerBound)
        for place in first..<first + tile.columns.count { covered[place] += 1 }
      }
    }
    #expect(covered.allSatisfy { $0 == 1 })
  }

  @Test("evaluation computes what training computes")
  func evaluation() {
    var random = RandomValues(3)
    let layer = Linear(name: "dense1", inputCount: 7, outputCount: 5, hasBias: true, start: .zeros)
    let run = LayerRun(
      layer, rows: 9, shardSize: 4, parameters: [random.normal(35), random.normal(5)])
    let x = random.normal(63)
    #expect(run.evaluate(x) == run.forward(x))
  }
}
