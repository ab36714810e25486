import Testing

@testable import Model
@testable import Scaling

@Suite("A probe of the network")
struct NetworkProbeTests {
  @Test("has the products of each shard size once, and the optimizer", arguments: [true, false])
  func figures(batchNorm: Bool) throws {
    let network = Network(testArchitecture(batchNorm: batchNorm), seed: 1)
    // 600 rows are more than the probe's batch has otherwise; 48 leaves a shorter last shard.
    let probe = try NetworkProbe.measure(
      network: network, optimizer: Optimizer(.adam), shardSizes: [600, 8, 48, 8], rounds: 2)
    #expect(probe.products.keys.sorted() == [8, 48, 600])
    for products in probe.products.values {
      #expect(products.forward > 0)
      #expect(products.inputGradients > 0)
      #expect(products.weightGradients > 0)
    }
    #expect(probe.optimizerSeconds > 0)
  }
}
