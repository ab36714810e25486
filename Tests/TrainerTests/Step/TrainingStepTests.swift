import Testing

@testable import ImageData
@testable import Model
@testable import Training

@Suite("An optimizer step")
struct TrainingStepTests {
  static let samples = (0..<100).map { UInt32($0) }

  static func everything(accumulate: Int = 3) -> UpdateOptions {
    var options = UpdateOptions()
    options.accumulate = accumulate
    options.clipNorm = 0.5
    options.maxNorm = 1
    options.emaDecay = 0.9
    return options
  }

  static func setup(
    _ options: UpdateOptions = UpdateOptions(), kind: OptimizerKind = .adam, threads: Int = 3,
    engine: Engine = .native, architecture: Architecture = testArchitecture(),
    shardSize: Int = 16, labelSmoothing: Double = 0
  ) throws -> UpdateSetup {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.01
    return UpdateSetup(
      try SyntheticImages(count: 230, side: 6),
      network: Network(architecture, seed: 9, engine: engine), optimizer: optimizer,
      options: options, batchSize: 100, shardSize: shardSize, threads: threads,
      labelSmoothing: labelSmoothing)
  }

  @Test(
    "with everything on has the same bits for 1, 2, 3 and 5 threads, in uneven shards",
    arguments: OptimizerKind.allCases, Engine.allCases)
  func threads(kind: OptimizerKind, engine: Engine) throws {
    /// Steps of three batches, of two and of one, none of them whole shards.
    let steps: [[Range<UInt32>]] = [
      [0..<100, 100..<163, 163..<230], [0..<45, 45..<120], [120..<200],
      [7..<101, 3..<60, 50..<149],
    ]
    func run(threads: Int) throws -> (
      bits: ModelBits, average: [String: [Float]], totals: [[LossSum]], norms: [Double?]
    ) {
      let setup = try Self.setup(
        Self.everything(), kind: kind, threads: threads, engine: engine, shardSize: 7,
        labelSmoothing: 0.1)
      var norms: [Double?] = []
      let totals = steps.enumerated().map { index, batches in
        let totals = setup.run(
          batches.map { Array($0) }, number: index + 1, learningRate: 0.01 / Double(index + 1))
        norms.append(setup.training.lastGradientNorm)
        return totals
      }
      return (ModelBits(setup.state), setup.state.averages, totals, norms)
    }
    let alone = try run(threads: 1)
    #expect(alone.totals.joined().allSatisfy { $0.loss.isFinite })
    for threads in [2, 3, 5] {
      let team = try run(threads: threads)
      #expect(team.bits == alone.bits, "\(threads) threads")
      #expect(team.average == alone.average, "\(threads) threads")
      #expect(team.norms == alone.norms, "\(threads) threads")
      for (totals, expected) in zip(team.totals, alone.totals) {
        #expect(totals == [LossSum](repeating: expected[0], count: threads), "\(threads) threads")
      }
    }
  }

  @Test(
    "that asks for nothing else is the update within the step", arguments: OptimizerKind.allCases)
  func fused(kind: OptimizerKind) throws {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.01
    let plain = StepSetup(
      try SyntheticImages(count: 230, side: 6),
      network: Network(testArchitecture(), seed: 9, engine: .native), optimizer: optimizer,
      batchSize: 100, shardSize: 16, threads: 3)
    let setup = try Self.setup(kind: kind)
    for number in 1...3 {
      let totals = plain.run(
        samples: Self.samples, use: .update(plain.update(number: number, rows: 100)))
      #expect(setup.run([Self.samples], number: number) == totals)
      #expect(ModelBits(setup.state) == ModelBits(plain.state))
    }
    #expect(setup.training.lastGradientNorm == nil)
    // No trip through memory: weights' gradients are in nobody's buffer.
    for gradient in setup.state.gradientTensors where gradient.entry.name.hasSuffix(".weight") {
      #expect(gradient.values.allSatisfy { $0 == 0 })
    }
  }

  @Test("that keeps its gradients has the same bits", arguments: [1, 3])
  func keepsGradients(batches: Int) throws {
    var options = UpdateOptions()
    options.accumulate = batches
    let plain = try Self.setup(options)
    let keeping = try Self.setup(options)
    let samples = (0..<batches).map { batch in Self.samples.map { $0 + UInt32(50 * batch) } }
    for number in 1...3 {
      plain.run(samples, number: number)
      keeping.run(samples, number: number, keepsGradients: true)
      #expect(ModelBits(keeping.state) == ModelBits(plain.state))
      for gradient in keeping.state.gradientTensors {
        #expect(gradient.values.contains { $0 != 0 }, "\(gradient.entry.name)")
      }
    }
  }

  @Test("uses the learning rate that it is given")
  func learningRate() throws {
    let one = try Self.setup(kind: .sgd)
    let other = try Self.setup(kind: .sgd)
    one.run([Self.samples], number: 1)
    other.run([Self.samples], number: 1, learningRate: one.training.optimizer.learningRate)
    #expect(ModelBits(one.state) == ModelBits(other.state))
    other.run([Self.samples], number: 2, learningRate: 0)
    #expect(ModelBits(one.state).parameters == ModelBits(other.state).parameters)
  }

  @Test(
    "changes no parameter, optimizer state or average where a batch's loss is not finite",
    arguments: [UpdateOptions(), everything()], [0, 1, 2])
  func divergence(options: UpdateOptions, badBatch: Int) throws {
    let batches: [[UInt32]] = [Array(0..<30), Array(30..<60), [70, 71, 72]]
    // Two pixels are dark in all images but one.
    let original = try SyntheticImages(count: 100, side: 6).images
    let bright = Int(batches[badBatch][1])
    let pixels = (0..<100 * 36).map { place in
      place % 36 < 2 ? (place / 36 == bright ? 255 : 0) : original.pixels[place]
    }
    let images = SyntheticImages(
      images: ImageSet(
        rows: 6, columns: 6, pixels: try ByteStorage(pixels), labels: original.labels),
      classCount: 5)
    let setup = UpdateSetup(
      images, network: Network(testArchitecture(batchNorm: false), seed: 9), options: options,
      batchSize: 30, shardSize: 8, threads: 3)
    let chosen = options.accumulate == 1 ? [batches[badBatch]] : batches
    #expect(setup.run(chosen, number: 1).allSatisfy { $0.loss.isFinite })
    // Their weights' sum is no finite number.
    var weights = setup.state["dense1.weight"]
    for place in 0..<80 { weights[place] = .greatestFiniteMagnitude }
    setup.state.set("dense1.weight", to: weights)
    let before = ModelBits(setup.state)
    let averages = setup.state.averages
    #expect(setup.run(chosen, number: 2).allSatisfy { !$0.loss.isFinite })
    let after = ModelBits(setup.state)
    #expect(after.parameters == before.parameters)
    #expect(after.optimizerStates == before.optimizerStates)
    #expect(setup.state.averages == averages)
  }
}
