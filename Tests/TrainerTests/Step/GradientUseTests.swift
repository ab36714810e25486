import Testing

@testable import Model
@testable import Parallel
@testable import Training

@Suite("The use of gradients")
struct GradientUseTests {
  static let samples = (0..<100).map { UInt32($0) }

  static func setup(_ optimizer: Optimizer, fuses: Bool = true) throws -> StepSetup {
    StepSetup(
      try SyntheticImages(count: 100, side: 6),
      network: Network(testArchitecture(), seed: 9, fuses: fuses), optimizer: optimizer,
      batchSize: 100, shardSize: 16, threads: 3)
  }

  @Test(
    "updating within the step is storing the gradients and applying the optimizer after it",
    arguments: OptimizerKind.allCases)
  func updateIsStoreAndApply(kind: OptimizerKind) throws {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.01
    let updated = try Self.setup(optimizer)
    let stored = try Self.setup(optimizer)
    for number in 1...3 {
      let step = updated.update(number: number, rows: 100)
      let total = updated.run(samples: Self.samples, use: .update(step))
      #expect(stored.run(samples: Self.samples, use: .store) == total)
      let state = stored.state
      let states = state.optimizerStates.map(\.pointer)
      for entry in state.network.parameters.entries {
        let offset = entry.range.lowerBound
        let parameters = state.parameters.pointer + offset
        step.apply(
          to: parameters, gradients: state.gradients.pointer + offset,
          state1: states.isEmpty ? parameters : states[0] + offset,
          state2: states.count < 2 ? parameters : states[1] + offset, count: entry.range.count,
          decays: entry.decays)
      }
      #expect(ModelBits(updated.state) == ModelBits(state), "step \(number)")
    }
  }

  @Test("an update by stored gradients may be repeated, and changes every parameter each time")
  func repeatedApply() throws {
    let setup = try Self.setup(Optimizer(.sgd))
    setup.run(samples: Self.samples, use: .store)
    let update = setup.update(number: 1, rows: 100)
    let state = setup.state
    let expected = AlignedBuffer<Float>(count: state.parameters.count)
    _ = expected.elements.update(fromContentsOf: state.parameters.elements)
    for _ in 0..<3 {
      setup.step.team.run { [step = setup.step] worker in step.apply(update, worker: worker) }
      for entry in state.network.parameters.entries {
        let parameters = expected.pointer + entry.range.lowerBound
        update.apply(
          to: parameters, gradients: state.gradients.pointer + entry.range.lowerBound,
          state1: parameters, state2: parameters, count: entry.range.count, decays: entry.decays)
      }
      #expect(Array(state.parameters.elements) == Array(expected.elements))
    }
  }

  @Test("storing gradients leaves parameters and optimizer states alone")
  func storeChangesNoParameter() throws {
    let setup = try Self.setup(Optimizer(.adam))
    let before = ModelBits(setup.state)
    setup.run(samples: Self.samples, use: .store)
    let after = ModelBits(setup.state)
    #expect(after.parameters == before.parameters)
    #expect(after.optimizerStates == before.optimizerStates)
  }

  @Test("nothing is updated where the loss is not finite", arguments: [Float.nan, .infinity])
  func divergence(value: Float) throws {
    let setup = try Self.setup(Optimizer(.adam))
    var bias = setup.state["dense3.bias"]
    bias[2] = value
    setup.state.set("dense3.bias", to: bias)
    let before = ModelBits(setup.state)
    let totals = setup.run(
      samples: Self.samples, use: .update(setup.update(number: 1, rows: 100)))
    #expect(totals.allSatisfy { !$0.loss.isFinite })
    let after = ModelBits(setup.state)
    #expect(after.parameters == before.parameters)
    #expect(after.optimizerStates == before.optimizerStates)
  }

  @Test("an update leaves nothing behind that layers keep of their parameters")
  func keptCopies() throws {
    let setup = StepSetup(
      try SyntheticImages(count: 100, side: 6),
      network: Network(testArchitecture(), seed: 9, engine: .native), batchSize: 100, shardSize: 16,
      threads: 3)
    setup.run(samples: Self.samples, use: .update(setup.update(number: 1, rows: 100)))
    func kept() -> [[Float]] {
      setup.step.workspace.layers.filter { $0.layer is Linear }.map {
        Array(UnsafeBufferPointer(start: $0.memory.kept, count: $0.layer.keptCount))
      }
    }
    let updated = kept()
    setup.step.parametersChanged()
    #expect(updated.contains { !$0.isEmpty })
    #expect(kept() == updated)
  }

  @Test("weight decay touches weight matrices alone", arguments: OptimizerKind.allCases)
  func weightDecay(kind: OptimizerKind) throws {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.1
    let setup = try Self.setup(optimizer)
    setup.state.set("dense3.bias", to: [1, 2, 3, 4, 5])
    let before = setup.state.tensors.map(\.values)
    // Gradients count for nothing, so that the decay is all there is.
    let step = optimizer.step(number: 1, gradientScale: 0)
    setup.run(samples: Self.samples, use: .update(step))
    for (entry, old) in zip(setup.state.network.parameters.entries, before) {
      let new = setup.state[entry.name]
      if entry.name.hasSuffix(".weight") {
        #expect(zip(new, old).allSatisfy { abs($0) < abs($1) || abs($1) < 0.01 }, "\(entry.name)")
        #expect(new != old)
      } else {
        #expect(new == old, "\(entry.name)")
      }
    }
  }

  @Test(
    "layers joined into one train and evaluate to the same bits",
    arguments: [testArchitecture(), testArchitecture(dropout: 0), testArchitecture(mode: .vanilla)])
  func fused(architecture: Architecture) throws {
    let results = try [true, false].map { fuses in
      let images = try SyntheticImages(count: 230, side: 6)
      let setup = StepSetup(
        images, network: Network(architecture, seed: 9, fuses: fuses), batchSize: 100,
        shardSize: 16)
      let totals = setup.train(epochs: 2)
      let evaluation = Evaluator(step: setup.step, source: images.source, sampleCount: 230)
        .evaluate()
      return withExtendedLifetime(images.images) { (ModelBits(setup.state), totals, evaluation) }
    }
    #expect(results[0].0 == results[1].0)
    #expect(results[0].1 == results[1].1)
    #expect(results[0].2 == results[1].2)
  }

  @Test("training lowers the loss")
  func learns() throws {
    let setup = try Self.setup(Optimizer(.adam))
    let totals = setup.train(epochs: 30)
    #expect(totals[29][0].loss < 0.5 * totals[0][0].loss)
  }
}
