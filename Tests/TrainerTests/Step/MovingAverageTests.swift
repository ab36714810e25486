import Testing

@testable import Model
@testable import Training

@Suite("The moving average of a model")
struct MovingAverageTests {
  private static func setup(decay: Double?, from firstStep: Int? = nil) throws -> UpdateSetup {
    var options = UpdateOptions()
    options.emaDecay = decay
    options.firstAveragedStep = firstStep
    return try TrainingStepTests.setup(options)
  }

  private static func values(_ state: ModelState) -> [String: [Float]] {
    Dictionary(uniqueKeysWithValues: state.tensors.map { ($0.entry.name, $0.values) })
  }

  @Test("is that of parameters and running statistics after each step, from the initial model on")
  func naive() throws {
    let setup = try Self.setup(decay: 0.9)
    #expect(setup.state.averages == Self.values(setup.state))
    var expected = Self.values(setup.state).mapValues { $0.map(Double.init) }
    for number in 1...5 {
      setup.run([TrainingStepTests.samples], number: number)
      for (name, values) in Self.values(setup.state) {
        expected[name] = zip(expected[name] ?? [], values).map { 0.9 * $0 + 0.1 * Double($1) }
      }
    }
    #expect(expected.keys.contains("batchnorm2.running_var"))
    for (name, values) in setup.state.averages {
      #expect(largestRelativeDifference(values, expected[name] ?? []) < 1e-6, "\(name)")
    }
  }

  @Test("that starts at a step is the mean of the models since, and before it the model itself")
  func mean() throws {
    let setup = try Self.setup(decay: nil, from: 3)
    var sums: [String: [Double]] = [:]
    for number in 1...6 {
      setup.run([TrainingStepTests.samples], number: number)
      let values = Self.values(setup.state)
      if number <= 3 { #expect(setup.state.averages == values) }
      if number < 3 { continue }
      for (name, values) in values {
        sums[name] = zip(sums[name] ?? values.map { _ in 0 }, values).map { $0 + Double($1) }
      }
    }
    for (name, values) in setup.state.averages {
      let expected = (sums[name] ?? []).map { $0 / 4 }
      #expect(largestRelativeDifference(values, expected) < 1e-6, "\(name)")
    }
  }

  @Test("with a decay that starts at a step is a mean of equal shares until the decay is less")
  func delayed() {
    var options = UpdateOptions()
    (options.emaDecay, options.firstAveragedStep) = (0.8, 11)
    let decays = [1, 10, 11, 12, 13, 15, 16, 100].map(options.averageDecay)
    #expect(decays == [0, 0, 0, 0.5, 2.0 / 3, 0.8, 0.8, 0.8])
  }

  @Test("changes no bit of the training")
  func aside() throws {
    let plain = try Self.setup(decay: nil)
    let averaging = try Self.setup(decay: 0.99)
    for number in 1...3 {
      plain.run([TrainingStepTests.samples], number: number)
      averaging.run([TrainingStepTests.samples], number: number)
    }
    #expect(ModelBits(averaging.state) == ModelBits(plain.state))
    #expect(plain.state.averageTensors.isEmpty)
  }

  @Test("takes the model's place for evaluation and digest, and gives it back with all its bits")
  func swapped() throws {
    let setup = try Self.setup(decay: 0.9)
    let twin = try Self.setup(decay: 0.9)
    for number in 1...3 {
      setup.run([TrainingStepTests.samples], number: number)
      twin.run([TrainingStepTests.samples], number: number)
    }
    let bits = ModelBits(setup.state)
    let averages = setup.state.averages
    let digest = WeightsDigest.of(setup.state)

    setup.state.swapAverage()
    #expect(Self.values(setup.state) == averages)
    #expect(WeightsDigest.of(setup.state) != digest)
    let evaluator = Evaluator(
      step: setup.training.computation, source: setup.images.source, sampleCount: 230)
    let other = StepSetup(
      setup.images, network: Network(testArchitecture(), seed: 9), batchSize: 100, shardSize: 16)
    for (name, values) in averages { other.state.set(name, to: values) }
    let expected = Evaluator(step: other.step, source: other.images.source, sampleCount: 230)
    #expect(evaluator.evaluate() == expected.evaluate())
    setup.state.swapAverage()

    #expect(ModelBits(setup.state) == bits)
    #expect(setup.state.averages == averages)
    // Training goes on as if nothing had been.
    setup.run([TrainingStepTests.samples], number: 4)
    twin.run([TrainingStepTests.samples], number: 4)
    #expect(ModelBits(setup.state) == ModelBits(twin.state))
    #expect(setup.state.averages == twin.state.averages)
  }
}
