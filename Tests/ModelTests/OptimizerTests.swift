import Testing

@testable import Model

@Suite("Optimizers")
struct OptimizerTests {
  /// optimizers.json.
  struct Content: Decodable {
    struct Case: Decodable {
      let hyperparameters: Hyperparameters
      let trajectory: [[Double]]
    }

    struct Hyperparameters: Decodable {
      let lr: Double
      let momentum: Double?
      let alpha: Double?
      let betas: [Double]?
      let eps: Double?
      let weight_decay: Double?
    }

    let w0: [Double]
    let gradients: [[Double]]
    let cases: [String: Case]
  }

  static let kinds: [(name: String, kind: OptimizerKind)] = [
    ("sgd", .sgd), ("sgd_weight_decay", .sgd), ("momentum", .momentum), ("nesterov", .nesterov),
    ("adagrad", .adagrad), ("rmsprop", .rmsprop), ("adam", .adam), ("adamw", .adamw),
  ]

  static func optimizer(_ kind: OptimizerKind, _ settings: Content.Hyperparameters) -> Optimizer {
    var optimizer = Optimizer(kind)
    optimizer.learningRate = settings.lr
    let values = [
      ("momentum", settings.momentum), ("decay-rate", settings.alpha),
      ("beta1", settings.betas?[0]), ("beta2", settings.betas?[1]), ("epsilon", settings.eps),
    ]
    for case (let name, let value?) in values {
      let isKnown = optimizer.set(name, to: value)
      #expect(isKnown, "\(name)")
    }
    optimizer.weightDecay = settings.weight_decay ?? 0
    return optimizer
  }

  /// Parameters after each step, from states that start at zero.
  static func trajectory(
    _ optimizer: Optimizer, w0: [Float], gradients: [[Float]], gradientScale: Float = 1,
    decays: Bool = true
  ) -> [[Float]] {
    var w = w0
    var state1 = [Float](repeating: 0, count: w0.count)
    var state2 = state1
    return gradients.enumerated().map { index, gradient in
      optimizer.step(number: index + 1, gradientScale: gradientScale).apply(
        to: &w, gradients: gradient, state1: &state1, state2: &state2, count: w.count,
        decays: decays)
      return w
    }
  }

  @Test("ten steps are PyTorch's within 1e-5", arguments: kinds)
  func reference(name: String, kind: OptimizerKind) throws {
    let content = try Reference.read("optimizers", as: Content.self)
    let reference = try #require(content.cases[name])
    let steps = Self.trajectory(
      Self.optimizer(kind, reference.hyperparameters), w0: content.w0.map { Float($0) },
      gradients: content.gradients.map { $0.map { Float($0) } })
    #expect(steps.count == 10)
    for (step, expected) in zip(steps, reference.trajectory) {
      #expect(largestRelativeDifference(step, expected) < 1e-5)
    }
  }

  @Test("every case of the reference file is compared")
  func allCases() throws {
    let content = try Reference.read("optimizers", as: Content.self)
    #expect(Set(content.cases.keys) == Set(Self.kinds.map(\.name)))
    #expect(Set(Self.kinds.map(\.kind)) == Set(OptimizerKind.allCases))
  }

  @Test("summed gradients are divided once by the batch's rows", arguments: OptimizerKind.allCases)
  func gradientScale(kind: OptimizerKind) {
    let optimizer = Optimizer(kind)
    let means: [[Float]] = [[1, -2, 0.5], [0.25, 4, -1]]
    let sums = means.map { $0.map { $0 * 64 } }
    let w0: [Float] = [1, 2, 3]
    #expect(
      Self.trajectory(optimizer, w0: w0, gradients: sums, gradientScale: 1 / 64)
        == Self.trajectory(optimizer, w0: w0, gradients: means))
  }

  @Test(
    "a tensor that does not decay takes no notice of the decay", arguments: OptimizerKind.allCases)
  func undecayed(kind: OptimizerKind) {
    var decaying = Optimizer(kind)
    decaying.weightDecay = 0.1
    var plain = decaying
    plain.weightDecay = 0
    let gradients: [[Float]] = [[1, -2, 0.5], [0.25, 4, -1]]
    let w0: [Float] = [1, 2, 3]
    let expected = Self.trajectory(plain, w0: w0, gradients: gradients)
    #expect(
      Self.trajectory(decaying, w0: w0, gradients: gradients, decays: false) == expected)
    #expect(Self.trajectory(decaying, w0: w0, gradients: gradients, decays: true) != expected)
  }

  @Test(
    "a step's own learning rate takes the place of the rule's", arguments: OptimizerKind.allCases)
  func learningRate(kind: OptimizerKind) {
    var optimizer = Optimizer(kind)
    optimizer.weightDecay = 0.1
    var slower = optimizer
    slower.learningRate *= 0.3
    let gradients: [[Float]] = [[1, -2, 0.5], [0.25, 4, -1]]
    func parameters(_ step: (Int) -> OptimizerStep) -> [Float] {
      var w: [Float] = [1, 2, 3]
      var state1: [Float] = [0, 0, 0]
      var state2 = state1
      for (index, gradient) in gradients.enumerated() {
        step(index + 1).apply(
          to: &w, gradients: gradient, state1: &state1, state2: &state2, count: 3, decays: true)
      }
      return w
    }
    let expected = parameters { slower.step(number: $0, gradientScale: 1) }
    let found = parameters {
      optimizer.step(number: $0, gradientScale: 1, learningRate: slower.learningRate)
    }
    #expect(found == expected)
    #expect(found != parameters { optimizer.step(number: $0, gradientScale: 1) })
    #expect(
      parameters { optimizer.step(number: $0, gradientScale: 1) }
        == parameters {
          optimizer.step(
            number: $0, gradientScale: 1, learningRate: optimizer.learningRate * 1.0)
        })
  }

  @Test("each rule names its states")
  func stateNames() {
    let names = OptimizerKind.allCases.map(\.stateNames)
    #expect(
      names == [
        [], ["velocity"], ["velocity"], ["square_sum"], ["mean_square"],
        ["first_moment", "second_moment"], ["first_moment", "second_moment"],
      ])
  }
}
