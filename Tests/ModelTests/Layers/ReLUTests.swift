import Testing

@testable import Model

@Suite("The rectifier")
struct ReLUTests {
  @Test("output and gradient are those of max(x, 0), in any shards", arguments: shardSizesOf13)
  func gradients(shardSize: Int) {
    checkLayer(ReLU(name: "relu1", shape: Shape(6)), rows: 13, shardSize: shardSize) { x, _ in
      Twin.rectify(x)
    }
  }
}
