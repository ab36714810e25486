import Testing

@testable import Model

@Suite("A pool")
struct PoolTests {
  /// Windows that touch, overlap, leave gaps or a rest, or are the whole image.
  static let windows = [
    PoolWindows(image: Shape(4, 4, 3), rows: 2, columns: 2, stride: 2),
    PoolWindows(image: Shape(5, 7, 2), rows: 3, columns: 3, stride: 2),
    PoolWindows(image: Shape(5, 4, 2), rows: 2, columns: 2, stride: 1),
    PoolWindows(image: Shape(3, 4, 17), rows: 1, columns: 1, stride: 3),
    .whole(image: Shape(3, 5, 4)),
  ]

  @Test(
    "gives the greatest values and their gradients, in any shards", arguments: windows,
    shardSizesOf13)
  func maximum(windows: PoolWindows, shardSize: Int) {
    checkLayer(MaxPool(name: "pool1", windows: windows), rows: 13, shardSize: shardSize) { x, _ in
      Twin.maxPool(x, windows)
    }
  }

  @Test("gives means and their gradients, in any shards", arguments: windows, shardSizesOf13)
  func average(windows: PoolWindows, shardSize: Int) {
    checkLayer(
      AveragePool(name: "avgpool1", windows: windows), rows: 13, shardSize: shardSize
    ) { x, _ in
      Twin.averagePool(x, windows)
    }
  }

  @Test("gives the same bits in any shards, and in evaluation", arguments: windows)
  func shards(windows: PoolWindows) {
    for layer in [
      MaxPool(name: "pool1", windows: windows), AveragePool(name: "avgpool1", windows: windows),
    ] as [any Layer] {
      var random = RandomValues(1)
      let x = random.normal(13 * layer.inputShape.count)
      let dy = random.normal(13 * layer.outputShape.count)
      let results = shardSizesOf13.map { shardSize in
        let run = LayerRun(layer, rows: 13, shardSize: shardSize)
        let y = run.forward(x)
        let dx = run.backward(dy).input
        #expect(bits(run.evaluate(x)) == bits(y))
        return bits(y + dx)
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test("counts no operations, and its rest at the right and lower edge is not read")
  func rest() {
    let windows = PoolWindows(image: Shape(5, 4, 1), rows: 2, columns: 3, stride: 2)
    #expect(windows.outputShape == Shape(2, 1, 1))
    let layer = MaxPool(name: "pool1", windows: windows)
    #expect(layer.operations == LayerOperations())
    let run = LayerRun(layer, rows: 1, shardSize: 1)
    var x = [Float](repeating: 1, count: 20)
    for place in [3, 7, 11, 15, 16, 17, 18, 19] { x[place] = 9 }
    #expect(run.forward(x) == [1, 1])
    let dx = run.backward([2, 3]).input
    #expect(dx.indices.filter { dx[$0] != 0 } == [0, 8])
  }
}
