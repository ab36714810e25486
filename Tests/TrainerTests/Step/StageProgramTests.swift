import Testing

@testable import Model
@testable import Training

@Suite("The stages of a step")
struct StageProgramTests {
  @Test("shards meet at each batch normalization, forward and backward, and nowhere else")
  func batchNorm() {
    let program = StageProgram(Network(testArchitecture(), seed: 0))
    #expect(
      program.stages == [
        .init(
          operations: [.gather, .forward(layer: 0), .forward(layer: 1)],
          merges: [.forward(layer: 1)]),
        .init(
          operations: [.finishForward(layer: 1), .forward(layer: 2), .forward(layer: 3)],
          merges: [.forward(layer: 3)]),
        .init(
          operations: [
            .finishForward(layer: 3), .forward(layer: 4), .loss, .backward(layer: 4),
            .backward(layer: 3),
          ],
          merges: [.backward(layer: 4), .backward(layer: 3)]),
        .init(
          operations: [.finishBackward(layer: 3), .backward(layer: 2), .backward(layer: 1)],
          merges: [.backward(layer: 1)]),
        .init(operations: [.finishBackward(layer: 1), .backward(layer: 0)]),
      ])
  }

  @Test("without batch normalization a step is one stage")
  func plain() {
    let program = StageProgram(
      Network(testArchitecture(hidden: [8], batchNorm: false, dropout: 0), seed: 0))
    #expect(
      program.stages == [
        .init(
          operations: [
            .gather, .forward(layer: 0), .forward(layer: 1), .forward(layer: 2), .loss,
            .backward(layer: 2), .backward(layer: 1), .backward(layer: 0),
          ],
          merges: [.backward(layer: 2), .backward(layer: 0)])
      ])
  }

  @Test("if a layer reads its weights transformed, workers meet once more, before the first stage")
  func transformedWeights() throws {
    let shape = Shape(8, 8, 1)
    let programs = try ["conv 16x3 relu, conv 16x3 relu", "conv 16x3 relu, conv 16x5 relu"].map {
      StageProgram(
        Network(
          try Architecture(input: shape, model: ModelDescription($0), classCount: 3), seed: 0))
    }
    #expect(programs.map(\.transformingLayers) == [[2], []])
    #expect(programs[0].stages == programs[1].stages)
    #expect(programs[0].barrierCount == programs[1].barrierCount + 1)
  }

  @Test("each hidden layer adds two stages", arguments: 0...4)
  func stageCount(hiddenLayers: Int) {
    let hidden = [Int](repeating: 8, count: hiddenLayers)
    let program = StageProgram(Network(testArchitecture(hidden: hidden), seed: 0))
    #expect(program.stages.count == 2 * hiddenLayers + 1)
  }
}
