import Testing

@testable import Model
@testable import Training

@Suite("Gradient clipping")
struct GradientClippingTests {
  private static func setup(clipNorm: Double?, kind: OptimizerKind = .sgd) throws -> UpdateSetup {
    var options = UpdateOptions()
    options.clipNorm = clipNorm
    return try TrainingStepTests.setup(options, kind: kind)
  }

  private static let samples = TrainingStepTests.samples

  @Test("the norm told is that of the mean gradient over all parameters, not clipped")
  func norm() throws {
    for clipNorm in [1e-3, 1e3] {
      let setup = try Self.setup(clipNorm: clipNorm)
      setup.run([Self.samples], number: 1)
      let squares = setup.state.gradientTensors.flatMap(\.values).reduce(0.0) { sum, value in
        sum + (Double(value) / 100) * (Double(value) / 100)
      }
      let norm = try #require(setup.training.lastGradientNorm)
      #expect(abs(norm / squares.squareRoot() - 1) < 1e-12)
    }
  }

  @Test("a gradient longer than the limit is scaled to it, without a turn")
  func longer() throws {
    let plain = try Self.setup(clipNorm: nil)
    let clipped = try Self.setup(clipNorm: 0.01)
    let start = plain.state.tensors.map(\.values)
    plain.run([Self.samples], number: 1)
    clipped.run([Self.samples], number: 1)
    let norm = try #require(clipped.training.lastGradientNorm)
    #expect(norm > 0.1)
    let entries = plain.state.network.parameters.entries
    for (index, entry) in entries.enumerated() where !entry.decays {
      func steps(_ setup: UpdateSetup) -> [Double] {
        zip(setup.state.tensors[index].values, start[index]).map { Double($0) - Double($1) }
      }
      let expected = steps(plain).map { $0 * 0.01 / (norm + 1e-6) }
      // What a float near 1 can tell of a small step.
      #expect(
        zip(steps(clipped), expected).allSatisfy { abs($0 - $1) < 2e-7 }, "\(entry.name)")
    }
  }

  @Test(
    "a gradient within the limit is used as it is, bit by bit", arguments: OptimizerKind.allCases)
  func shorter(kind: OptimizerKind) throws {
    let plain = try Self.setup(clipNorm: nil, kind: kind)
    let clipped = try Self.setup(clipNorm: 1e3, kind: kind)
    for number in 1...3 {
      plain.run([Self.samples], number: number)
      clipped.run([Self.samples], number: number)
    }
    #expect(ModelBits(clipped.state) == ModelBits(plain.state))
  }
}
