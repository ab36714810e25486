import Testing

@testable import Model
@testable import Parallel
@testable import Training

@Suite("The digest of a model")
struct WeightsDigestTests {
  static func tinyModel(seed: UInt64 = 0) -> ModelState {
    let architecture = Architecture(
      input: Shape(2), Perceptron(hidden: [2], dropout: 0), classCount: 2)
    return ModelState(
      network: Network(architecture, seed: seed), seed: seed, optimizerStateCount: 0)
  }

  /// Made with Python's hashlib and struct from the names and values.
  @Test("is the SHA-256 of names and little-endian values")
  func pinned() {
    let state = Self.tinyModel()
    var next: Float = -1
    for tensor in state.tensors {
      tensor.write(
        tensor.entry.range.indices.map { _ in
          defer { next += 0.5 }
          return next
        })
    }
    #expect(
      WeightsDigest.of(state)
        == "93cdedfa616ddd3839d7de8696d6d3738b4fd68a5fc5ebe5f614e4fdcf06dea8")
  }

  @Test("of a model's start is the same on every machine")
  func start() {
    #expect(
      WeightsDigest.of(Self.tinyModel())
        == "be54fd33db2a2d462d8d08063e4ad4759a58518c47c48e079ab11a2beaf98019")
    #expect(WeightsDigest.of(Self.tinyModel(seed: 1)) != WeightsDigest.of(Self.tinyModel()))
  }

  @Test("changes with any one bit of any value")
  func oneBit() {
    let state = Self.tinyModel()
    var digests: Set<String> = [WeightsDigest.of(state)]
    var count = 1
    for tensor in state.tensors {
      let old = tensor.values
      for i in old.indices {
        for bit: UInt32 in [1, 1 << 31] {
          var new = old
          new[i] = Float(bitPattern: old[i].bitPattern ^ bit)
          tensor.write(new)
          digests.insert(WeightsDigest.of(state))
          count += 1
        }
      }
      tensor.write(old)
    }
    #expect(digests.count == count)
  }

  @Test("knows nothing of gradients and optimizer states")
  func modelAlone() {
    let state = ModelState(
      network: Self.tinyModel().network, seed: 0, optimizerStateCount: 2)
    let digest = WeightsDigest.of(state)
    state.gradients.elements.update(repeating: 1)
    for buffer in state.optimizerStates { buffer.elements.update(repeating: 1) }
    #expect(WeightsDigest.of(state) == digest)
  }
}
