/// An update rule with its settings; the state is its caller's.
public enum Optimizer: Sendable, Equatable {
  /// Gradient descent.
  case sgd(SGD)
  /// Gradient descent with a velocity, with or without look-ahead.
  case momentum(Momentum)
  /// Steps by the sum of squared gradients.
  case adagrad(AdaGrad)
  /// Steps by their moving mean.
  case rmsprop(RMSProp)
  /// Steps by two moving means, with weight decay in the gradient or decoupled.
  case adam(Adam)

  /// A rule with its default settings.
  ///
  /// - Parameter kind: The rule.
  public init(_ kind: OptimizerKind) {
    self =
      switch kind {
      case .sgd: .sgd(SGD())
      case .momentum: .momentum(Momentum())
      case .nesterov: .momentum(Momentum(looksAhead: true))
      case .adagrad: .adagrad(AdaGrad())
      case .rmsprop: .rmsprop(RMSProp())
      case .adam: .adam(Adam())
      case .adamw: .adam(Adam(decouplesDecay: true))
      }
  }

  /// The rule's name.
  public var kind: OptimizerKind {
    switch self {
    case .sgd: .sgd
    case .momentum(let rule): rule.looksAhead ? .nesterov : .momentum
    case .adagrad: .adagrad
    case .rmsprop: .rmsprop
    case .adam(let rule): rule.decouplesDecay ? .adamw : .adam
    }
  }

  private var rule: any UpdateRule {
    switch self {
    case .sgd(let rule): rule
    case .momentum(let rule): rule
    case .adagrad(let rule): rule
    case .rmsprop(let rule): rule
    case .adam(let rule): rule
    }
  }

  /// Changes the rule, whichever it is.
  private mutating func change<Result>(_ body: (inout any UpdateRule) -> Result) -> Result {
    var rule = rule
    let result = body(&rule)
    switch rule {
    case let rule as SGD: self = .sgd(rule)
    case let rule as Momentum: self = .momentum(rule)
    case let rule as AdaGrad: self = .adagrad(rule)
    case let rule as RMSProp: self = .rmsprop(rule)
    case let rule as Adam: self = .adam(rule)
    default: preconditionFailure("a rule stays of its type")
    }
    return result
  }

  /// The step's size.
  public var learningRate: Double {
    // Without the box of `rule`: a step asks for it, and allocates nothing.
    get {
      switch self {
      case .sgd(let rule): rule.learningRate
      case .momentum(let rule): rule.learningRate
      case .adagrad(let rule): rule.learningRate
      case .rmsprop(let rule): rule.learningRate
      case .adam(let rule): rule.learningRate
      }
    }
    set { change { $0.learningRate = newValue } }
  }

  /// Decay of weight matrices.
  public var weightDecay: Double {
    get { rule.weightDecay }
    set { change { $0.weightDecay = newValue } }
  }

  /// The rule's settings with their values.
  package var settings: [DeclaredValue] { rule.values }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The name of its option.
  ///   - value: Its new value, which is not checked.
  /// - Returns: False if the rule has no such setting; nothing has changed then.
  package mutating func set(_ name: String, to value: Double) -> Bool {
    change { $0.set(name, to: value) }
  }

  /// The names of the state that each parameter has, one float each, in the order of memory.
  package var stateNames: [String] { type(of: rule).stateNames }

  /// The rule's coefficients for one step.
  ///
  /// - Parameters:
  ///   - number: The step, from 1.
  ///   - gradientScale: What summed gradients are multiplied by: one over the batch's rows.
  ///   - learningRate: The step's size if a schedule changes it; nil for ``learningRate``.
  /// - Returns: The update of that step.
  package func step(
    number: Int, gradientScale: Float, learningRate: Double? = nil
  ) -> OptimizerStep {
    let rate = learningRate ?? self.learningRate
    let update =
      switch self {
      case .sgd(let rule): rule.update(number: number, learningRate: rate)
      case .momentum(let rule): rule.update(number: number, learningRate: rate)
      case .adagrad(let rule): rule.update(number: number, learningRate: rate)
      case .rmsprop(let rule): rule.update(number: number, learningRate: rate)
      case .adam(let rule): rule.update(number: number, learningRate: rate)
      }
    return OptimizerStep(scale: gradientScale, update: update)
  }
}

/// The update rules, by the names of `--optimizer`.
public enum OptimizerKind: String, Sendable, CaseIterable, Codable {
  /// ``SGD``.
  case sgd
  /// ``Momentum``.
  case momentum
  /// ``Momentum`` with look-ahead.
  case nesterov
  /// ``AdaGrad``.
  case adagrad
  /// ``RMSProp``.
  case rmsprop
  /// ``Adam``.
  case adam
  /// ``Adam`` with decoupled weight decay.
  case adamw

  /// The names of the state that each parameter has, one float each, in the order of memory.
  package var stateNames: [String] { Optimizer(self).stateNames }

  /// Floats of state that each parameter has.
  package var stateCount: Int { stateNames.count }
}
