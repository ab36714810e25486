import Testing

@testable import ImageData
@testable import Model
@testable import Training

@Suite("The gradients of the named networks")
struct PresetGradientTests {
  static let rows = 6

  @Test(
    "are the slopes of the loss, for every tensor", arguments: ModelPreset.all.map(\.name),
    Engine.allCases)
  func slopes(preset: String, engine: Engine) throws {
    let images = try SyntheticImages(count: Self.rows, side: 28, classCount: 10)
    let architecture = try Architecture(
      input: Shape(28, 28, 1), model: ModelPreset.model(preset), classCount: 10)
    try engine.load()
    let setup = StepSetup(
      images, network: Network(architecture, seed: 4, engine: engine), batchSize: Self.rows,
      shardSize: 8)
    try engine.reserve(callers: 2)
    let samples = (0..<Self.rows).map { UInt32($0) }
    func loss() -> Double { setup.run(samples: samples, use: .store)[0].loss }

    _ = loss()
    let gradients = setup.state.gradientsByName
    for (name, gradient) in gradients {
      let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let values = setup.state[name]
      let size = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      // Along the gradient the slope is the gradient's norm. The step is small beside the tensor,
      // and changes the loss by little.
      let step = min(0.01 / norm, 0.001 * max(size, 1))
      func moved(by step: Double) -> Double {
        setup.state.set(
          name, to: zip(values, gradient).map { $0 + Float(step / norm * Double($1)) })
        return loss()
      }
      let slope = (moved(by: step) - moved(by: -step)) / (2 * step)
      setup.state.set(name, to: values)
      // The loss has an error of rounding, and rectifiers switch within the step.
      let tolerance = 0.03 * norm + 4e-6 / step
      #expect(abs(slope - norm) < tolerance, "\(name): \(slope) instead of \(norm)")
    }
  }
}
