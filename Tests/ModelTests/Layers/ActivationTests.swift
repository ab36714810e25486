import Foundation
import Testing

@testable import Model

@Suite("An activation")
struct ActivationTests {
  @Test(
    "leaky has the output and gradient of its formula, in any shards", arguments: shardSizesOf13)
  func leaky(shardSize: Int) {
    checkLayer(LeakyReLU(name: "leaky1", shape: Shape(6)), rows: 13, shardSize: shardSize) { x, _ in
      x.map { $0.map { $0 > 0 ? $0 : 0.01 * $0 } }
    }
  }

  @Test("gelu has the output and gradient of its formula, in any shards", arguments: shardSizesOf13)
  func gelu(shardSize: Int) {
    checkLayer(GELU(name: "gelu1", shape: Shape(6)), rows: 13, shardSize: shardSize) { x, _ in
      x.map { $0.map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) } }
    }
  }

  @Test("silu has the output and gradient of its formula, in any shards", arguments: shardSizesOf13)
  func silu(shardSize: Int) {
    checkLayer(SiLU(name: "silu1", shape: Shape(6)), rows: 13, shardSize: shardSize) { x, _ in
      x.map { $0.map { $0 / (1 + exp(-$0)) } }
    }
  }
}
