import Testing

@testable import Model
@testable import Training

@Suite("The tensors of a model")
struct ModelStateTests {
  private static func state(_ kind: OptimizerKind, keepsAverage: Bool = false) -> ModelState {
    ModelState(
      network: Network(testArchitecture(hidden: [70]), seed: 1, engine: .native), seed: 1,
      optimizerStateCount: kind.stateCount, keepsAverage: keepsAverage)
  }

  @Test("name the optimizer's state by rule, state and parameter")
  func optimizerNames() {
    let names = Self.state(.adam).optimizerTensors(.adam).map(\.name)
    #expect(
      names == [
        "adam.first_moment/dense1.weight", "adam.first_moment/batchnorm1.gamma",
        "adam.first_moment/batchnorm1.beta", "adam.first_moment/dense2.weight",
        "adam.first_moment/dense2.bias", "adam.second_moment/dense1.weight",
        "adam.second_moment/batchnorm1.gamma", "adam.second_moment/batchnorm1.beta",
        "adam.second_moment/dense2.weight", "adam.second_moment/dense2.bias",
      ])
    #expect(
      Self.state(.momentum).optimizerTensors(.momentum).first?.name
        == "momentum.velocity/dense1.weight")
    #expect(Self.state(.sgd).optimizerTensors(.sgd).isEmpty)
  }

  @Test("name the average's as the model's")
  func averageNames() {
    let state = Self.state(.sgd, keepsAverage: true)
    #expect(state.averageTensors.map(\.name) == state.tensors.map { "average/\($0.entry.name)" })
    #expect(Self.state(.sgd).averageTensors.isEmpty)
  }

  @Test(
    "carry the whole state of training over to another model", arguments: OptimizerKind.allCases)
  func carriedOver(kind: OptimizerKind) throws {
    let options = TrainingStepTests.everything()
    let original = try TrainingStepTests.setup(options, kind: kind)
    let copy = try TrainingStepTests.setup(options, kind: kind)
    original.run([TrainingStepTests.samples], number: 1)
    let tensors = zip(
      original.state.tensors + original.state.optimizerTensors(kind).map(\.tensor)
        + original.state.averageTensors.map(\.tensor),
      copy.state.tensors + copy.state.optimizerTensors(kind).map(\.tensor)
        + copy.state.averageTensors.map(\.tensor))
    for (from, to) in tensors { to.write(from.values) }
    copy.training.computation.parametersChanged()
    #expect(ModelBits(copy.state) == ModelBits(original.state))
    for setup in [original, copy] { setup.run([TrainingStepTests.samples], number: 2) }
    #expect(ModelBits(copy.state) == ModelBits(original.state))
    #expect(copy.state.averages == original.state.averages)
  }

  @Test("restart the average where the model is another")
  func restartAverage() {
    let state = Self.state(.sgd, keepsAverage: true)
    state.set("dense2.bias", to: [1, 2, 3, 4, 5])
    #expect(state.averages["dense2.bias"] == [0, 0, 0, 0, 0])
    state.restartAverage()
    #expect(state.averages["dense2.bias"] == [1, 2, 3, 4, 5])
    #expect(state.averages["dense1.weight"] == state["dense1.weight"])
  }
}
